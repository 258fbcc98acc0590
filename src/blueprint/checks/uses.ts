import type { Finding } from '../finding.ts';
import type { Check } from './check.ts';
import { unknownName } from './names.ts';

/**
 * What the code of functions and workflows touches: an entity, a storage, a queue or a workflow, with `:read` for reading
 * only. A queue can only be sent to, a workflow only be started.
 */
export const checkUses: Check = ({ draft, outline }) => {
  const kinds = [
    ['entity', new Set(outline.entities.keys())],
    ['storage', new Set(outline.storage)],
    ['queue', new Set(outline.queues)],
    ['workflow', new Set(outline.workflows)],
  ] as const;
  const all = kinds.flatMap(([, names]) => [...names]);
  return [...draft.functions, ...draft.workflows].flatMap(({ path, value }) => {
    const seen = new Set<string>();
    return value.uses.flatMap((use, index): Finding[] => {
      const at = [...path, 'uses', index];
      const [target = '', ...modes] = use.split(':');
      const found = kinds.filter(([, names]) => names.has(target)).map(([kind]) => kind);
      const repeated = seen.has(use);
      seen.add(use);
      if (repeated) {
        return [
          { code: 'repeated-value', message: `\`${use}\` is written twice.`, hint: 'Remove one of the two.', path: at },
        ];
      }
      if (found.length === 0) {
        const finding = unknownName(
          'unknown-target',
          'entity, storage, queue or workflow',
          target,
          all,
          at,
          'Name one that the Blueprint lists.',
        );
        if (finding.replacement && 'text' in finding.replacement) {
          finding.replacement = { text: [finding.replacement.text, ...modes].join(':') };
        }
        return [finding];
      }
      if (found.length > 1) {
        return [
          {
            code: 'ambiguous-target',
            message: `\`${target}\` is the name of both ${found.map((kind) => `a ${kind}`.replace('a entity', 'an entity')).join(' and ')}.`,
            hint: 'Rename one of them.',
            path: at,
          },
        ];
      }
      const onlyWay = found[0] === 'queue' ? 'sent to' : found[0] === 'workflow' ? 'started' : undefined;
      if (modes.length > 1 || (modes.length === 1 && (modes[0] !== 'read' || onlyWay !== undefined))) {
        return [
          {
            code: 'unknown-target',
            message: `\`${use}\` asks for something other than reading.`,
            hint:
              onlyWay !== undefined
                ? `Write \`${target}\`: a ${found[0]} can only be ${onlyWay}.`
                : `Write \`${target}:read\` to read only, or \`${target}\` to read and write.`,
            path: at,
          },
        ];
      }
      return [];
    });
  });
};
