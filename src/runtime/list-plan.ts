import type { ListKey, ListPath } from '../stacks/model.ts';
import type { Caller } from './caller.ts';
import type { RuntimeEntity } from './entity.ts';
import type { Guard } from './guard.ts';
import type { FieldCondition, KeyValue, Question } from './list-question.ts';
import { Misconfigured } from './misconfigured.ts';

/** How a question is answered: one query on a key, or a scan. */
export interface Plan {
  /** The table itself when absent. */
  index?: string;
  /** The value of every attribute of the partition key; none for a scan. */
  partition: readonly (readonly [attribute: string, value: KeyValue])[];
  sort?: { attribute: string; condition?: FieldCondition };
  descending: boolean;
  /** The attributes that tell a row's place in the list, the partition left out: what a cursor holds. */
  place: readonly string[];
}

/** The first path that answers the whole question; undefined when there is none. */
export function planFor(
  entity: RuntimeEntity,
  question: Question,
  caller: Caller,
  guards: readonly Guard[],
): Plan | undefined {
  const path = entity.lists.find((one) => answers(one, question));
  const tableKey = [entity.key.partition.attribute, ...(entity.key.sort ? [entity.key.sort.attribute] : [])];
  if (path === undefined) {
    const asksNothing = question.conditions.size === 0 && question.sort === undefined;
    return entity.scans && asksNothing ? { partition: [], descending: false, place: tableKey } : undefined;
  }
  const partition = path.partition.map((key) => [key.attribute, keyValue(key, question, caller)] as const);
  const place = new Set([...tableKey, ...(path.sort ? [path.sort.attribute] : [])]);
  for (const [attribute] of partition) place.delete(attribute);
  const condition = path.sort && (question.conditions.get(path.sort.field) ?? guarded(path.sort.attribute, guards));
  return {
    ...(path.index === undefined ? {} : { index: path.index }),
    partition,
    ...(path.sort ? { sort: { attribute: path.sort.attribute, ...(condition ? { condition } : {}) } } : {}),
    descending: question.sort?.descending === true,
    place: [...place],
  };
}

function answers({ partition, sort }: ListPath, question: Question): boolean {
  const selecting = partition.flatMap((key) => (key.from === 'request' ? [key.field] : []));
  if (!selecting.every((field) => question.conditions.get(field)?.kind === 'equals')) return false;
  const others = [...question.conditions.keys()].filter((field) => !selecting.includes(field));
  if (question.sort !== undefined) others.push(question.sort.field);
  if (others.length === 0) return sort?.optional !== true;
  return sort !== undefined && sort.conditions.length > 0 && others.every((field) => field === sort.field);
}

function keyValue(key: ListKey, { conditions }: Question, caller: Caller): KeyValue {
  switch (key.from) {
    case 'constant':
      return key.constant;
    case 'request': {
      const condition = conditions.get(key.field);
      if (condition?.kind !== 'equals') throw new Misconfigured(`${key.field} was not asked for`);
      return condition.value;
    }
    case 'tenant':
    case 'owner': {
      const id = key.from === 'tenant' ? caller.tenant : caller.sub;
      if (id === undefined) throw new Misconfigured(`the model lists by ${key.from} where the caller may have none`);
      return id;
    }
  }
}

/** A filter cannot name an attribute of the key that is queried, so what is guarded there becomes part of the key. */
function guarded(attribute: string, guards: readonly Guard[]): FieldCondition | undefined {
  const guard = guards.find((one) => 'equals' in one && one.attribute === attribute);
  return guard && 'equals' in guard ? { kind: 'equals', value: guard.equals } : undefined;
}
