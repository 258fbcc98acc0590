import { type Engine, exportsOf, importersOf } from '../engine.ts';
import { evaluate, type Scope } from '../evaluate.ts';
import { scalarText } from '../json.ts';
import { validationError } from '../service-error.ts';
import type { Stack, StackOutput } from '../stack.ts';
import type { Template } from '../template/template.ts';

/**
 * The outputs of a stack whose resources are there.
 * @throws ServiceError when an output has no text value.
 */
export function evaluateOutputs(template: Template, scope: Scope): StackOutput[] {
  return [...template.outputs].flatMap(([key, definition]): StackOutput[] => {
    if (definition.condition !== undefined && !scope.holds(definition.condition)) return [];
    const evaluated = evaluate(definition.value, scope);
    const value = Array.isArray(evaluated) ? undefined : scalarText(evaluated);
    if (value === undefined) {
      throw validationError(
        `Template format error: Output ${key} is malformed. The Value field of every Outputs member must evaluate to a String.`,
      );
    }
    const exportName =
      definition.exportName === undefined ? undefined : scalarText(evaluate(definition.exportName, scope));
    const { description } = definition;
    return [
      {
        key,
        value,
        ...(description !== undefined && { description }),
        ...(exportName !== undefined && { exportName }),
      },
    ];
  });
}

/** What keeps a stack from publishing these exports: a name taken, or one taken away that is in use. */
export function exportProblem(engine: Engine, stack: Stack, outputs: readonly StackOutput[]): string | undefined {
  for (const { exportName } of outputs) {
    if (exportName === undefined) continue;
    const other = exportsOf(engine, stack.region).find((item) => item.name === exportName && item.stack !== stack);
    if (other) return `Export with name ${exportName} is already exported by stack ${other.stack.name}.`;
  }
  for (const previous of stack.outputs) {
    if (previous.exportName === undefined) continue;
    const { exportName } = previous;
    const now = outputs.find((output) => output.exportName === exportName);
    if (now?.value === previous.value) continue;
    const users = importersOf(engine, stack.region, exportName).filter((user) => user !== stack);
    if (users.length === 0) continue;
    return `Export ${exportName} cannot be ${now ? 'updated' : 'deleted'} as it is in use by ${users.map((user) => user.name).join(' and ')}`;
  }
  return undefined;
}
