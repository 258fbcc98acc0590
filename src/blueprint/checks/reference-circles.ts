import type { EntityDraft } from '../entity-draft.ts';
import type { Finding } from '../finding.ts';
import type { BlueprintPath } from '../problem.ts';
import type { Check } from './check.ts';

/**
 * Rows that each must name one of the other, over any number of entities: none of them can be the first. A row with a
 * key that its caller chooses may name itself.
 */
export const checkReferenceCircles: Check = ({ draft, entities }) => {
  const findings: Finding[] = [];
  const reported = new Set<string>();
  for (const [index, entity] of draft.entities.entries()) {
    const { name } = entity;
    if (name === undefined || entities.get(name) !== entity || reported.has(name)) continue;
    for (const { path, to, field } of needs(entity)) {
      const circle = circleOver(name, to, entities);
      if (circle === undefined || (to === name && choosesKey(entity))) continue;
      for (const member of circle) reported.add(member);
      findings.push({
        code: 'reference-circle',
        severity: 'warning',
        message: messageOf(name, circle),
        hint: `Make \`${field}\` optional: remove \`required\`.`,
        path: ['entities', index, ...path, 'required'],
        at: 'key',
      });
      break;
    }
  }
  return findings;
};

function messageOf(name: string, circle: readonly string[]): string {
  if (circle.length === 1) return `Every \`${name}\` must name another one, so that there can be no first.`;
  const names = [...circle, name].map((one) => `\`${one}\``).join(' needs ');
  return `No first row can be made: ${names}.`;
}

/** The entities on the way from one over a second back to itself; undefined where there is none. */
function circleOver(
  name: string,
  second: string,
  entities: ReadonlyMap<string, EntityDraft>,
  dead: Set<string> = new Set(),
): string[] | undefined {
  if (second === name) return [name];
  const entity = entities.get(second);
  if (entity === undefined || dead.has(second)) return undefined;
  dead.add(second);
  for (const { to } of needs(entity)) {
    const rest = circleOver(name, to, entities, dead);
    if (rest !== undefined) return [name, second, ...rest.slice(1)];
  }
  return undefined;
}

interface Need {
  path: BlueprintPath;
  field: string;
  to: string;
}

const known = new WeakMap<EntityDraft, readonly Need[]>();

/** What a row cannot be made without. Remembered, because most entities have little and never change. */
function needs(entity: EntityDraft): readonly Need[] {
  const before = known.get(entity);
  if (before !== undefined) return before;
  const found = entity.fields.flatMap(({ path, value }) =>
    value.references !== undefined && value.required === true && value.primary !== true
      ? [{ path, field: value.name, to: value.references }]
      : [],
  );
  known.set(entity, found);
  return found;
}

function choosesKey({ fields }: EntityDraft): boolean {
  return fields.some(({ value }) => value.primary === true && value.name !== 'id');
}
