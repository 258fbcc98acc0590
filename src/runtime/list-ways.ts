import type { ListPath } from '../stacks/model.ts';
import type { RuntimeEntity } from './entity.ts';

/** Everything that list may be asked, as a sentence: `project_id= with created_at[.gt|.gte], sort=[-]created_at`. */
export function waysToAsk({ lists, scans }: RuntimeEntity): string {
  const ways = [...(scans ? [''] : []), ...lists.map(wayOf)].filter((way, at, all) => all.indexOf(way) === at);
  const said = ways.map((way) => (way === '' ? 'nothing' : way));
  return `Besides limit and cursor, this list takes ${said.join('; or ')}.`;
}

function wayOf({ partition, sort }: ListPath): string {
  const selecting = partition.flatMap((key) => (key.from === 'request' ? [equalName(key.field)] : []));
  const ordering = sort && sort.conditions.length > 0 ? [rangeOf(sort.field, sort.conditions), sortOf(sort.field)] : [];
  if (sort?.optional === true) return `${selecting.join(' ')} with ${ordering.join(' or ')}`.trim();
  return [...selecting, ...ordering].join(', ');
}

const sortOf = (field: string) => `sort=${field}|-${field}`;

function rangeOf(field: string, conditions: readonly string[]): string {
  const more = conditions.filter((condition) => condition !== 'eq').map((condition) => `.${condition}`);
  return more.length === 0 ? equalName(field) : `${field}[${more.join('|')}]=`;
}

/** A field that is called like a parameter of list has `.eq` after its name. */
function equalName(field: string): string {
  return ['limit', 'cursor', 'sort'].includes(field) ? `${field}.eq=` : `${field}=`;
}
