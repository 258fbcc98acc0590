import type { Finding } from '../finding.ts';
import type { EntityCheck } from './check.ts';

/** The primary key: one partition key, at most one sort key, of types that DynamoDB can hold in a key. */
export const checkEntityKeys: EntityCheck = ({ fields }) => {
  const findings: Finding[] = [];
  let partition: string | undefined;
  let sort: string | undefined;
  for (const { path, value } of fields) {
    if (value.sort === true && value.primary !== true) {
      findings.push({
        code: 'sort-without-partition',
        message: `\`${value.name}\` has \`sort\` but is not part of the primary key.`,
        hint: 'Add `primary: true`, or remove `sort`.',
        path: [...path, 'sort'],
        at: 'key',
      });
    }
    if (value.primary !== true) continue;
    if (value.type === 'json' || value.type === 'boolean') {
      findings.push({
        code: 'key-type',
        message: `\`${value.name}\` cannot be a key: a key is not ${value.type === 'json' ? 'json' : 'a boolean'}.`,
        hint: 'Use a string, number, integer, enum, date or datetime field.',
        path: [...path, 'type'],
      });
    }
    const earlier = value.sort === true ? sort : partition;
    if (earlier !== undefined) {
      findings.push({
        code: 'too-many-keys',
        message: `\`${earlier}\` is the ${value.sort === true ? 'sort' : 'partition'} key already.`,
        hint:
          value.sort === true
            ? 'Remove `primary` and `sort` here, and add an index for this field.'
            : 'Add `sort: true` to make this the sort key, or remove `primary`.',
        path: [...path, 'primary'],
        at: 'key',
      });
    }
    if (value.sort === true) sort ??= value.name;
    else partition ??= value.name;
  }
  if (sort !== undefined && partition === undefined) {
    const field = fields.find(({ value }) => value.name === sort);
    findings.push({
      code: 'sort-without-partition',
      message: 'The entity has a sort key but no partition key.',
      hint: 'Add `primary: true` to another field, or remove `sort` here.',
      path: [...(field?.path ?? []), 'sort'],
      at: 'key',
    });
  }
  return findings;
};
