import type { Finding } from '../finding.ts';
import { sameNameKey } from '../naming.ts';
import { automaticFields } from '../outline.ts';
import type { BlueprintPath } from '../problem.ts';
import type { EntityCheck } from './check.ts';

/** Names inside an entity: each once, none that something else needs. */
export const checkEntityNames: EntityCheck = (entity) => {
  const fields = entity.fields.map(({ path, value }) => ({ name: value.name, path: [...path, 'name'] }));
  const indexes = entity.indexes.map(({ path, value }) => ({ name: value.name, path: [...path, 'name'] }));
  return [
    ...repeatedNames('field', fields),
    ...repeatedNames('index', indexes),
    ...[...fields, ...indexes].flatMap(({ name, path }) => reservedName(name, path)),
    ...indexes.flatMap(({ name, path }) =>
      name === 'backdrift-list' ? [reserved(name, path, 'is an index that Backdrift makes')] : [],
    ),
    ...renamedFindings(entity),
  ];
};

/** The names that are the same after kebab case and plural, from the second one on. */
export function repeatedNames(kind: string, named: readonly { name: string; path: BlueprintPath }[]): Finding[] {
  const first = new Map<string, string>();
  const findings: Finding[] = [];
  for (const { name, path } of named) {
    const key = sameNameKey(name);
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, name);
    else {
      findings.push({
        code: 'duplicate-name',
        message:
          earlier === name
            ? `There are two of the ${kind} \`${name}\`.`
            : `\`${name}\` is the same name as the ${kind} \`${earlier}\`: case, _ and -, and the plural do not count.`,
        hint: 'Rename one of the two, or remove it.',
        path,
      });
    }
  }
  return findings;
}

/** Names that every JavaScript object has: as a key they would be found where nothing was written. */
export function reservedName(name: string, path: BlueprintPath): Finding[] {
  return Object.hasOwn(Object.prototype, name) ? [reserved(name, path, 'is a word of the JavaScript language')] : [];
}

export function reserved(name: string, path: BlueprintPath, why: string): Finding {
  return {
    code: 'reserved-name',
    message: `\`${name}\` cannot be used: it ${why}.`,
    hint: 'Choose another name.',
    path,
  };
}

function renamedFindings({ fields }: Parameters<EntityCheck>[0]): Finding[] {
  const names = new Set(fields.map(({ value }) => value.name));
  return fields.flatMap(({ path, value }) =>
    value.renamed_from !== undefined && names.has(value.renamed_from)
      ? [
          {
            code: 'duplicate-name' as const,
            message: `\`${value.renamed_from}\` is still a field, so \`${value.name}\` cannot be its new name.`,
            hint: 'Remove `renamed_from`, or the old field.',
            path: [...path, 'renamed_from'],
          },
        ]
      : [],
  );
}

const automaticTypes: ReadonlyMap<string, string> = new Map([
  ['id', 'string'],
  ['created_at', 'datetime'],
  ['updated_at', 'datetime'],
  ['deleted_at', 'datetime'],
]);

/** Fields that Backdrift keeps itself may be listed, with the type that they have. */
export const checkAutomaticFields: EntityCheck = (entity, { tenantField }) => {
  const kept = new Set([...automaticFields(entity.own), ...(tenantField === undefined ? [] : [tenantField])]);
  const otherKey = entity.fields.some(
    ({ value }) => value.primary === true && value.sort !== true && value.name !== 'id',
  );
  if (otherKey) kept.delete('id');
  return entity.fields.flatMap(({ path, value }) => {
    if (!kept.has(value.name)) return [];
    const type = automaticTypes.get(value.name) ?? 'string';
    if (value.type === type) return [];
    return [
      {
        code: 'automatic-field' as const,
        message: `\`${value.name}\` is kept by Backdrift and is a ${type}, not ${value.type}.`,
        hint: `Remove the field, write \`type: ${type}\`, or rename it.`,
        path: [...path, 'type'],
        replacement: { text: type },
      },
    ];
  });
};
