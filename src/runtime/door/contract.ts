import { Validator } from '@cfworker/json-schema';
import type { FieldError } from '../answer.ts';
import { describe, type Finding, leaves } from './findings.ts';

/** A JSON Schema (draft 2020-12), made ready to be held against values. */
export interface Contract {
  check(value: unknown): Verdict;
}

export type Verdict =
  | { kind: 'kept' }
  | {
      kind: 'broken';
      /** For who sent the value, field by field. */
      errors: FieldError[];
      /** Where in the schema: `#/properties/score/maximum`. Holds nothing of the value, so it may be logged. */
      at: string[];
    };

/** So many are told; who sends a thousand wrong values need not hear of each. */
const mostErrors = 50;

export function contractOf(schema: Record<string, unknown>): Contract {
  // The library writes into what it is given.
  const validator = new Validator(structuredClone(schema), '2020-12', false);
  return {
    check(value) {
      const { valid, errors } = validator.validate(value);
      if (valid) return { kind: 'kept' };
      const found: Finding[] = leaves(errors).slice(0, mostErrors);
      return {
        kind: 'broken',
        errors: found.map((finding) => describe(finding, schema)),
        at: [...new Set(found.map(({ at }) => at))],
      };
    },
  };
}

/** Whether a JSON text is nested deeper than a schema can be followed into. Looks at the text: parsing comes after. */
export function isNestedDeeply(text: string, most = 64): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (inText) {
      if (sign === 0x5c) at++;
      else if (sign === 0x22) inText = false;
    } else if (sign === 0x22) inText = true;
    else if (sign === 0x7b || sign === 0x5b) {
      depth++;
      if (depth > most) return true;
    } else if (sign === 0x7d || sign === 0x5d) depth--;
  }
  return false;
}
