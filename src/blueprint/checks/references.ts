import type { EntityDraft } from '../entity-draft.ts';
import type { Finding } from '../finding.ts';
import { oneOf } from '../suggest.ts';
import type { Check, CheckContext } from './check.ts';
import { unknownName } from './names.ts';

/** Every entity and function that is named somewhere exists, and a field that refers to an entity can hold its id. */
export const checkReferences: Check = (context) => {
  const { draft, outline } = context;
  const entityNames = [...outline.entities.keys()];
  const known = new Set(entityNames);
  const functions = new Set(outline.functions);
  const findings: Finding[] = [];
  const entitiesListed = listed('entities', entityNames);
  const functionsListed = listed('functions', outline.functions);

  draft.entities.forEach((entity, index) => {
    for (const { path, value } of referencesOf(entity)) {
      const at = ['entities', index, ...path, 'references'];
      if (!known.has(value.references)) {
        findings.push(unknownName('unknown-entity', 'entity', value.references, entityNames, at, entitiesListed));
      } else findings.push(...typeFindings(value, at, context));
    }
  });
  for (const { path, value } of draft.api?.resources ?? []) {
    if (known.has(value.entity)) continue;
    const at = [...path, 'entity'];
    findings.push(unknownName('unknown-entity', 'entity', value.entity, entityNames, at, entitiesListed));
  }
  for (const { path, value } of [...(draft.api?.endpoints ?? []), ...draft.jobs, ...draft.queues]) {
    if (functions.has(value.function)) continue;
    const at = [...path, 'function'];
    findings.push(unknownName('unknown-function', 'function', value.function, outline.functions, at, functionsListed));
  }
  return findings;
};

function listed(what: string, names: readonly string[]): string {
  return names.length === 0 ? `The Blueprint lists no ${what} yet.` : `There is ${oneOf(names)}.`;
}

type Reference = { path: Finding['path']; value: EntityDraft['fields'][number]['value'] & { references: string } };
const knownReferences = new WeakMap<EntityDraft, readonly Reference[]>();

/** The fields of an entity that refer to another; remembered, because most entities have few and never change. */
function referencesOf(entity: EntityDraft): readonly Reference[] {
  let references = knownReferences.get(entity);
  if (references === undefined) {
    references = entity.fields.flatMap(({ path, value }) =>
      value.references === undefined ? [] : [{ path, value: { ...value, references: value.references } }],
    );
    knownReferences.set(entity, references);
  }
  return references;
}

function typeFindings(field: Reference['value'], at: Finding['path'], { entities }: CheckContext): Finding[] {
  const keys = entities.get(field.references)?.fields.filter(({ value }) => value.primary === true) ?? [];
  if (keys.some(({ value }) => value.sort === true)) {
    return [
      {
        code: 'reference-type',
        message: `\`${field.references}\` has a key of two fields, which one field cannot hold.`,
        hint: 'Refer to an entity with a key of one field.',
        path: at,
      },
    ];
  }
  const type = keys[0]?.value.type ?? 'string';
  const holds = field.type === 'enum' ? 'string' : field.type;
  if (holds === (type === 'enum' ? 'string' : type)) return [];
  return [
    {
      code: 'reference-type',
      message: `\`${field.name}\` is ${field.type}, but the key of \`${field.references}\` is ${type}.`,
      hint: `Write \`type: ${type}\`.`,
      path: at,
    },
  ];
}
