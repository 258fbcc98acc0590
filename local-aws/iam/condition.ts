import type { RequestContext } from './context.ts';
import { matchesArn, matchesGlob } from './glob.ts';
import type { Conditions } from './policy.ts';

type Compare = (policyValue: string, requestValue: string) => boolean;

interface Operator {
  compare: Compare;
  /** Holds when no value of the policy compares, also when the request has no such key. */
  negated: boolean;
}

/**
 * The operators that are known here.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
const operators: ReadonlyMap<string, Operator> = new Map(
  Object.entries({
    ...both('StringEquals', 'StringNotEquals', (a, b) => a === b),
    ...both('StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', (a, b) => a.toLowerCase() === b.toLowerCase()),
    ...both('StringLike', 'StringNotLike', matchesGlob),
    ...both('ArnEquals', 'ArnNotEquals', matchesArn),
    ...both('ArnLike', 'ArnNotLike', matchesArn),
    ...ordered('Numeric', Number),
    ...ordered('Date', instant),
    Bool: { compare: (a, b) => a.toLowerCase() === b.toLowerCase(), negated: false },
  } satisfies Record<string, Operator>).map(([name, operator]) => [name.toLowerCase(), operator]),
);

function both(positive: string, negative: string, compare: Compare): Record<string, Operator> {
  return { [positive]: { compare, negated: false }, [negative]: { compare, negated: true } };
}

function ordered(family: string, read: (text: string) => number): Record<string, Operator> {
  const by = (holds: (given: number, wanted: number) => boolean): Compare => {
    // NaN compares with nothing: what is not a number does not match.
    return (wanted, given) => holds(read(given), read(wanted));
  };
  return {
    ...both(
      `${family}Equals`,
      `${family}NotEquals`,
      by((a, b) => a === b),
    ),
    [`${family}LessThan`]: { compare: by((a, b) => a < b), negated: false },
    [`${family}LessThanEquals`]: { compare: by((a, b) => a <= b), negated: false },
    [`${family}GreaterThan`]: { compare: by((a, b) => a > b), negated: false },
    [`${family}GreaterThanEquals`]: { compare: by((a, b) => a >= b), negated: false },
  };
}

/** ISO 8601 or epoch seconds, in milliseconds. */
function instant(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

/** Whether the conditions of a statement hold. `unknown` names an operator that nothing here can judge. */
export type ConditionResult = 'hold' | 'fail' | { unknown: string };

export function checkConditions(conditions: Conditions, context: RequestContext): ConditionResult {
  let unknown: string | undefined;
  for (const [written, keys] of Object.entries(conditions)) {
    const { name, quantifier, ifExists } = operatorParts(written);
    const operator = operators.get(name);
    if (operator === undefined && name !== 'null') {
      unknown ??= written;
      continue;
    }
    for (const [key, wanted] of Object.entries(keys)) {
      const given = context.values(key);
      const holds =
        operator === undefined
          ? wanted.some((value) => (value.toLowerCase() === 'true') === (given === undefined))
          : given === undefined
            ? ifExists || quantifier === 'forallvalues' || (operator.negated && quantifier === undefined)
            : compareAll(operator, quantifier, wanted, given, context);
      // Every condition must hold, so one that fails decides, whatever an unknown one would have said.
      if (!holds) return 'fail';
    }
  }
  return unknown === undefined ? 'hold' : { unknown };
}

function operatorParts(written: string): { name: string; quantifier?: string; ifExists: boolean } {
  const [, quantifier, name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/i.exec(written) ?? [];
  return {
    name: name.toLowerCase(),
    ...(quantifier === undefined ? {} : { quantifier: quantifier.toLowerCase() }),
    ifExists: ifExists !== undefined,
  };
}

function compareAll(
  { compare, negated }: Operator,
  quantifier: string | undefined,
  wanted: readonly string[],
  given: readonly string[],
  context: RequestContext,
): boolean {
  const patterns = wanted.flatMap((value) => substituted(value, context) ?? []);
  const holds = (value: string) => patterns.some((pattern) => compare(pattern, value)) !== negated;
  // Without a quantifier a key has one value; should it have more, a negated operator must hold for each of them.
  if (quantifier === 'forallvalues' || (quantifier === undefined && negated)) return given.every(holds);
  return given.some(holds);
}

/**
 * A policy's text with its variables replaced (`${aws:userid}`). Undefined where the request has no single value for a
 * variable, or one that would be read as a wildcard: such a text matches nothing.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function substituted(text: string, context: RequestContext): string | undefined {
  if (!text.includes('${')) return text;
  let complete = true;
  const filled = text.replace(/\$\{([^}]*)\}/g, (_, variable: string) => {
    const values = context.values(variable.trim());
    const [value] = values ?? [];
    if (values?.length === 1 && value !== undefined && !/[*?]/.test(value)) return value;
    complete = false;
    return '';
  });
  return complete ? filled : undefined;
}
