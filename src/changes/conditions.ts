import type { Template, TemplateValue } from '../stacks/template.ts';

/** Values of parameters, as far as they are known. */
export type KnownValues = ReadonlyMap<string, string>;

/** Conditions of a template by name; undefined where a condition hangs on a value that is not known. */
export function conditionsOf({ Conditions = {} }: Template, known: KnownValues): Map<string, boolean | undefined> {
  return new Map(Object.entries(Conditions).map(([name, condition]) => [name, holds(condition, known)]));
}

/** The resources that CloudFormation would make: without those whose condition is known to be false. */
export function activeResources(
  { Resources }: Template,
  conditions: ReadonlyMap<string, boolean | undefined>,
): Template['Resources'] {
  const isOut = ({ Condition }: Template['Resources'][string]) =>
    Condition !== undefined && conditions.get(Condition) === false;
  if (!Object.values(Resources).some(isOut)) return Resources;
  return Object.fromEntries(Object.entries(Resources).filter(([, resource]) => !isOut(resource)));
}

/** Whether a value hangs on one of these conditions. */
export function mentionsCondition(value: TemplateValue, conditions: ReadonlyMap<string, boolean>): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some((item) => mentionsCondition(item, conditions));
  const [name] = branchesOf(value) ?? [];
  if (name !== undefined && conditions.has(name)) return true;
  return Object.values(value).some((item) => mentionsCondition(item, conditions));
}

/** The value with Fn::If written out for these conditions; undefined where nothing (AWS::NoValue) is left. */
export function withConditions(
  value: TemplateValue,
  conditions: ReadonlyMap<string, boolean>,
): TemplateValue | undefined {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      const left = withConditions(item, conditions);
      return left === undefined ? [] : [left];
    });
  }
  if (value.Ref === 'AWS::NoValue') return undefined;
  const [name, whenTrue, whenFalse] = branchesOf(value) ?? [];
  const holding = name === undefined ? undefined : conditions.get(name);
  if (holding !== undefined) {
    const branch = holding ? whenTrue : whenFalse;
    return branch === undefined ? undefined : withConditions(branch, conditions);
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      const left = withConditions(item, conditions);
      return left === undefined ? [] : [[key, left]];
    }),
  );
}

function branchesOf(value: {
  [key: string]: TemplateValue;
}): [name: string, whenTrue: TemplateValue | undefined, whenFalse: TemplateValue | undefined] | undefined {
  const [operator, operands] = only(value);
  if (operator !== 'Fn::If' || !Array.isArray(operands)) return undefined;
  const [name, whenTrue, whenFalse] = operands;
  return typeof name === 'string' ? [name, whenTrue, whenFalse] : undefined;
}

/** The value of a condition; undefined where it cannot be told from the known parameters. */
function holds(condition: TemplateValue | undefined, known: KnownValues): boolean | undefined {
  const [operator, operands] = only(condition);
  if (!Array.isArray(operands)) return undefined;
  if (operator === 'Fn::Not') {
    const inner = holds(operands[0], known);
    return inner === undefined ? undefined : !inner;
  }
  if (operator !== 'Fn::Equals') return undefined;
  const [left, right] = operands.map((operand) => operandValue(operand, known));
  return left === undefined || right === undefined ? undefined : left === right;
}

function operandValue(operand: TemplateValue, known: KnownValues): string | undefined {
  if (typeof operand === 'string') return operand;
  const [operator, name] = only(operand);
  return operator === 'Ref' && typeof name === 'string' ? known.get(name) : undefined;
}

function only(value: TemplateValue | undefined): [string, TemplateValue] | [] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const [entry, ...others] = Object.entries(value);
  return entry !== undefined && others.length === 0 ? entry : [];
}
