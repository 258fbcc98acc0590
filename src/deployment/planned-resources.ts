import type { Stack } from '../stacks/stack.ts';
import type { Template, TemplateValue } from '../stacks/template.ts';
import type { KnownSettings } from './parameters.ts';

/** How many resources a new stack gets: those whose condition is known to be false are not made, so not counted. */
export function plannedResources(stack: Stack, settings: KnownSettings): number {
  const known = new Map<string, string>();
  for (const [name, source] of Object.entries(stack.parameters)) {
    if (source.from === 'value') known.set(name, source.value);
    else if (source.from === 'account-setting') known.set(name, settings.get(source.setting) ?? 'false');
  }
  const { Conditions = {}, Resources }: Template = stack.template;
  return Object.values(Resources).filter(
    ({ Condition }) => Condition === undefined || holds(Conditions[Condition], known) !== false,
  ).length;
}

/** The value of a condition; undefined where it cannot be told from the known parameters. */
function holds(condition: TemplateValue | undefined, known: ReadonlyMap<string, string>): boolean | undefined {
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

function operandValue(operand: TemplateValue, known: ReadonlyMap<string, string>): string | undefined {
  if (typeof operand === 'string') return operand;
  const [operator, name] = only(operand);
  return operator === 'Ref' && typeof name === 'string' ? known.get(name) : undefined;
}

function only(value: TemplateValue | undefined): [string, TemplateValue] | [] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const [entry, ...others] = Object.entries(value);
  return entry !== undefined && others.length === 0 ? entry : [];
}
