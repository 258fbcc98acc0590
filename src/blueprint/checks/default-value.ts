import type { Finding } from '../finding.ts';
import type { FieldDocument } from '../schema.ts';
import { closest, oneOf } from '../suggest.ts';
import { matchesWhole, patternError } from './pattern.ts';

type Wrong = Pick<Finding, 'message' | 'hint' | 'replacement'>;

/** Why the default of a field could never be stored, or undefined when it can. */
export function defaultProblem(field: FieldDocument): Wrong | undefined {
  const { default: value, name } = field;
  if (value === undefined || field.type === 'json') return undefined;
  if (value === null) {
    return {
      message: `\`${name}\` has no default value here.`,
      hint: 'Remove `default`: without it the field stays empty.',
    };
  }
  switch (field.type) {
    case 'string':
      return typeof value === 'string'
        ? textProblem(field, value)
        : { ...mustBe(field, 'text'), replacement: { edit: 'quote' } };
    case 'number':
    case 'integer':
      if (typeof value !== 'number') return mustBe(field, 'a number');
      if (field.type === 'integer' && !Number.isInteger(value)) return mustBe(field, 'a whole number');
      if (field.min !== undefined && value < field.min) return outside(field, `below \`min\` (${field.min})`);
      if (field.max !== undefined && value > field.max) return outside(field, `above \`max\` (${field.max})`);
      return undefined;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : mustBe(field, 'true or false');
    case 'date':
      return typeof value === 'string' && isDate(value) ? undefined : mustBe(field, 'a day, such as 2025-01-31');
    case 'datetime':
      return typeof value === 'string' && isDateTime(value)
        ? undefined
        : mustBe(field, 'a moment with its zone, such as 2025-01-31T08:00:00Z');
    case 'enum':
      return enumProblem(field, value);
  }
}

function enumProblem({ name, enum: values }: FieldDocument, value: unknown): Wrong | undefined {
  if (values === undefined || (typeof value === 'string' && values.includes(value))) return undefined;
  const meant = typeof value === 'string' ? closest(value, values) : undefined;
  return {
    message: `The default of \`${name}\` is not one of its values.`,
    hint: meant !== undefined ? `Did you mean \`${meant}\`?` : `Write ${oneOf(values)}.`,
    ...(meant !== undefined && { replacement: { text: meant } }),
  };
}

function textProblem(field: FieldDocument, value: string): Wrong | undefined {
  const { min_length: least, max_length: most, pattern } = field;
  const length = [...value].length;
  if (least !== undefined && length < least) return outside(field, `shorter than \`min_length\` (${least})`);
  if (most !== undefined && length > most) return outside(field, `longer than \`max_length\` (${most})`);
  if (pattern !== undefined && patternError(pattern) === undefined && matchesWhole(pattern, value) === false) {
    return { message: `The default of \`${field.name}\` does not match its pattern.`, hint: 'Change one of the two.' };
  }
  return undefined;
}

function mustBe({ name, type }: FieldDocument, what: string): Wrong {
  return { message: `The default of \`${name}\` does not fit its type, ${type}.`, hint: `Write ${what}.` };
}

function outside({ name }: FieldDocument, how: string): Wrong {
  return { message: `The default of \`${name}\` is ${how}.`, hint: 'Change one of the two.' };
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function isDateTime(text: string): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/.test(text) &&
    isDate(text.slice(0, 10)) &&
    !Number.isNaN(Date.parse(text))
  );
}
