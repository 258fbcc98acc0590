import type { CompileProblem } from './stack.ts';

/**
 * Names that Lambda keeps for itself; a function that sets one is refused.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
const reserved = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
]);

/** What is wrong with the environment variables that a user gives a function; `taken` are the ones we set. */
export function environmentProblems(
  environment: Record<string, string>,
  taken: readonly string[],
  path: (string | number)[],
): CompileProblem[] {
  const problem = (code: string, name: string, message: string, hint: string): CompileProblem[] => [
    { code, severity: 'error', message, hint, path: [...path, name] },
  ];
  return Object.keys(environment).flatMap((name) => {
    if (reserved.has(name)) {
      return problem('reserved-variable', name, `Lambda sets ${name} itself.`, 'Choose another name.');
    }
    if (taken.includes(name)) {
      return problem('reserved-variable', name, `Backdrift sets ${name} for this function.`, 'Choose another name.');
    }
    if (!/^[A-Za-z][A-Za-z0-9_]+$/.test(name)) {
      const hint = 'Use two or more letters, digits and _, beginning with a letter.';
      return problem('bad-variable-name', name, `${name} cannot be the name of an environment variable.`, hint);
    }
    return [];
  });
}
