import type { FieldType } from './schema.ts';

/** Rules about a value that only fit some types. `enum` has checks of its own. */
export const plainRules = ['min', 'max', 'min_length', 'max_length', 'pattern'] as const;
export type PlainRule = (typeof plainRules)[number];

/** Which of them fit a type. */
export const rulesByType: Record<FieldType, readonly PlainRule[]> = {
  string: ['min_length', 'max_length', 'pattern'],
  number: ['min', 'max'],
  integer: ['min', 'max'],
  boolean: [],
  datetime: [],
  date: [],
  enum: [],
  json: [],
};
