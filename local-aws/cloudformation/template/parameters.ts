import type { Json } from '../json.ts';
import { validationError } from '../service-error.ts';
import { regularExpression } from './parse.ts';
import type { ParameterDefinition, Template } from './template.ts';

/** A parameter as a request gives it. */
export interface GivenParameter {
  readonly key: string;
  readonly value?: string | undefined;
  readonly usePreviousValue?: boolean | undefined;
}

/** A parameter of a stack with its value. */
export interface ParameterValue {
  /** As given or defaulted; for SSM parameter types the name of the SSM parameter. */
  readonly text: string;
  /** What Ref gives. */
  readonly value: Json;
  /** The SSM parameter's value, where the type is one. */
  readonly resolved?: string;
  readonly noEcho: boolean;
}

export type ParameterValues = ReadonlyMap<string, ParameterValue>;

/** Looks up the value of an SSM parameter; undefined when there is none. */
export type SsmLookup = (name: string) => Promise<string | undefined>;

/**
 * The values of a template's parameters: given, previous or default, checked against their constraints.
 * @throws ServiceError ValidationError in the service's words.
 */
export async function parameterValues(
  template: Template,
  given: readonly GivenParameter[],
  previous: ParameterValues | undefined,
  ssm: SsmLookup,
): Promise<ParameterValues> {
  const extra = given.filter(({ key }) => !template.parameters.has(key)).map(({ key }) => key);
  if (extra.length > 0) throw validationError(`Parameters: [${extra.join(', ')}] do not exist in the template`);
  const byKey = new Map(given.map((parameter) => [parameter.key, parameter]));
  const texts = new Map<string, string>();
  const missing: string[] = [];
  for (const [key, definition] of template.parameters) {
    const parameter = byKey.get(key);
    if (parameter?.usePreviousValue && !previous?.has(key)) {
      throw validationError(
        `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
      );
    }
    const text = parameter?.usePreviousValue ? previous?.get(key)?.text : (parameter?.value ?? definition.default);
    if (text === undefined) missing.push(key);
    else texts.set(key, text);
  }
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(', ')}] must have values`);
  const values = await Promise.all(
    [...template.parameters].map(async ([key, definition]): Promise<[string, ParameterValue]> => {
      const text = texts.get(key) ?? '';
      const { noEcho, type } = definition;
      if (!type.startsWith('AWS::SSM::Parameter::Value')) {
        checkConstraints(key, definition, text);
        return [key, { text, value: typed(type, text), noEcho }];
      }
      const resolved = await ssm(text);
      if (resolved === undefined) {
        throw validationError(`Unable to fetch parameters [${text}] from parameter store for this account.`);
      }
      checkConstraints(key, definition, resolved);
      return [key, { text, value: typed(type, resolved), resolved, noEcho }];
    }),
  );
  return new Map(values);
}

function typed(type: string, text: string): Json {
  return type.includes('List<') || type.includes('CommaDelimitedList') ? items(text) : text;
}

function items(text: string): string[] {
  return text === '' ? [] : text.split(',').map((item) => item.trim());
}

function checkConstraints(key: string, definition: ParameterDefinition, text: string): void {
  const wrong = constraintProblem(key, definition, text);
  if (wrong === undefined) return;
  const { constraintDescription } = definition;
  throw validationError(
    constraintDescription === undefined
      ? wrong
      : `Parameter ${key} failed to satisfy constraint: ${constraintDescription}`,
  );
}

function constraintProblem(key: string, definition: ParameterDefinition, text: string): string | undefined {
  const { type, allowedValues, allowedPattern, minLength, maxLength, minValue, maxValue } = definition;
  const each = typeof typed(type, text) === 'string' ? [text] : items(text);
  if (allowedValues && !each.every((item) => allowedValues.includes(item))) {
    return `Parameter '${key}' must be one of AllowedValues`;
  }
  if (allowedPattern !== undefined && !each.every((item) => regularExpression(allowedPattern)?.test(item))) {
    return `Parameter '${key}' must match pattern ${allowedPattern}`;
  }
  if (minLength !== undefined && text.length < minLength) {
    return `Parameter '${key}' must contain at least ${minLength} characters`;
  }
  if (maxLength !== undefined && text.length > maxLength) {
    return `Parameter '${key}' must contain at most ${maxLength} characters`;
  }
  if (!type.includes('Number')) return undefined;
  for (const item of each) {
    const number = item.trim() === '' ? Number.NaN : Number(item);
    if (Number.isNaN(number)) return `Parameter '${key}' must be a number`;
    if (minValue !== undefined && number < minValue)
      return `Parameter '${key}' must be a number not less than ${minValue}`;
    if (maxValue !== undefined && number > maxValue) {
      return `Parameter '${key}' must be a number not greater than ${maxValue}`;
    }
  }
  return undefined;
}
