import type { ListCondition } from '../stacks/model.ts';
import type { FieldRule } from './entity.ts';
import { type Checked, checkValue, readKeyText } from './field-value.ts';
import type { FieldCondition, KeyValue } from './list-question.ts';

type ReadCondition = { kind: 'read'; condition: FieldCondition } | { kind: 'wrong'; message: string };

/**
 * Reads the value of `field=…` or `field.gte=…` as its field stores it. What a value is counts (a number, a day that
 * exists, a value of the enum), its limits do not: older rows may lie beyond them, and a bound may too.
 */
export function readCondition(rule: FieldRule, condition: ListCondition, text: string): ReadCondition {
  const { min, max, min_length, max_length, pattern, matches, ...plain } = rule;
  const type: FieldRule = { ...plain, keyPart: rule.keyPart ?? 'partition' };
  const read = condition === 'begins_with' ? readPrefix(type, text) : readKeyText(type, text);
  if (!read.valid) return { kind: 'wrong', message: read.message };
  const { value } = read;
  if (typeof value !== 'string' && typeof value !== 'number') return { kind: 'wrong', message: 'cannot be asked' };
  return { kind: 'read', condition: conditionOf(condition, value) };
}

function conditionOf(condition: ListCondition, value: KeyValue): FieldCondition {
  switch (condition) {
    case 'eq':
      return { kind: 'equals', value };
    case 'begins_with':
      return { kind: 'prefix', value: String(value) };
    case 'gt':
    case 'gte':
      return { kind: 'range', lower: { value, inclusive: condition === 'gte' } };
    case 'lt':
    case 'lte':
      return { kind: 'range', upper: { value, inclusive: condition === 'lte' } };
  }
}

const stored = {
  date: { example: '2000-01-01', form: /^\d{4}-\d\d-\d\d$/ },
  datetime: { example: '2000-01-01T00:00:00.000Z', form: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ },
};

/** The beginning of a text; of a day or a moment in the form in which it is stored, such as 2026-03. */
function readPrefix(rule: FieldRule, text: string): Checked {
  if (rule.type !== 'date' && rule.type !== 'datetime') return checkValue(rule, text);
  const { example, form } = stored[rule.type];
  if (text !== '' && form.test(text + example.slice(text.length))) return { valid: true, value: text };
  return { valid: false, message: `must be the beginning of ${example}, such as 2026-03` };
}
