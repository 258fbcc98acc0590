import type { FieldError } from './answer.ts';
import { withArticle } from './article.ts';
import type { Caller } from './caller.ts';
import type { FieldRule, RuntimeEntity } from './entity.ts';
import { expression, guardTerms } from './expression.ts';
import { own } from './json.ts';
import type { Row } from './row.ts';
import type { Step } from './transaction.ts';
import { visible } from './visible.ts';
import type { World } from './world.ts';

/** A row that must be there while another is written, and the fields that name it. */
export interface Referred {
  kind: 'reference';
  entity: string;
  fields: string[];
}

export type ReferenceChecks = { kind: 'checks'; steps: Step<Referred>[] } | { kind: 'errors'; errors: FieldError[] };

/**
 * Checks that go into the transaction of a write: every row that it names exists, belongs to the caller's tenant where
 * rows belong to tenants, is not marked as deleted and not past its time. A row may name itself.
 * @param key of the row that is written
 */
export function referenceChecks(
  entity: RuntimeEntity,
  values: ReadonlyMap<FieldRule, unknown>,
  key: Row,
  caller: Caller,
  world: World,
): ReferenceChecks {
  const steps = new Map<string, Step<Referred>>();
  const errors: FieldError[] = [];
  for (const reference of entity.references) {
    const rule = entity.fields.get(reference.field);
    if (rule === undefined || !values.has(rule)) continue;
    const id = values.get(rule);
    if (reference.entity === entity.name && own(key, reference.key) === id) continue;
    // DynamoDB takes a row once in a transaction, also when two fields name it.
    const place = JSON.stringify([reference.entity, id]);
    const known = steps.get(place);
    if (known) known.meaning.fields.push(rule.name);
    else if (reference.tenantField !== undefined && caller.tenant === undefined)
      errors.push(...missing({ kind: 'reference', entity: reference.entity, fields: [rule.name] }));
    else steps.set(place, checkOf(reference, id, rule.name, caller, world));
  }
  return errors.length > 0 ? { kind: 'errors', errors } : { kind: 'checks', steps: [...steps.values()] };
}

/** What is wrong with the fields that name a row which is not there. */
export function missing({ entity, fields }: Referred): FieldError[] {
  return fields.map((field) => ({ field, message: `names ${withArticle(entity)} that does not exist` }));
}

function checkOf(
  reference: RuntimeEntity['references'][number],
  id: unknown,
  field: string,
  caller: Caller,
  world: World,
): Step<Referred> {
  const { entity, key, tenantField } = reference;
  const names = expression();
  const guards = [
    ...(tenantField === undefined || caller.tenant === undefined
      ? []
      : [{ attribute: tenantField, equals: caller.tenant }]),
    ...visible({ ...reference, textKey: typeof id === 'string' ? key : undefined }, world.now()),
  ];
  const terms = [`attribute_exists(${names.name(key)})`, ...guardTerms(guards, names)];
  return {
    item: {
      ConditionCheck: {
        TableName: world.table(entity),
        Key: { [key]: id },
        ConditionExpression: terms.join(' AND '),
        ...names.tables(),
      },
    },
    meaning: { kind: 'reference', entity, fields: [field] },
  };
}
