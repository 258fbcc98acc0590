import type { BlueprintPath } from '../blueprint/problem.ts';
import type { CompileProblem, Stack } from './stack.ts';
import { layerTitles } from './stack.ts';
import type { TemplateValue } from './template.ts';

/**
 * CloudFormation's quotas. A template above 51,200 bytes cannot travel in the request itself; ours go through the
 * bucket, where the limit is 1 MB. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
export const limits = {
  inlineBytes: 51_200,
  templateBytes: 1_000_000,
  resources: 500,
  parameters: 200,
  outputs: 200,
  /** Names and values of a function's environment variables. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
  environmentBytes: 4096,
  /** All inline policies of a role, without white space. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
  rolePolicyCharacters: 10_240,
} as const;

/** What is too large for CloudFormation in a compiled stack, and what to do about it. */
export function limitProblems({ layer, template, body }: Stack, resources: number): CompileProblem[] {
  const problems: CompileProblem[] = [];
  const check = (code: string, count: number, limit: number, what: string) => {
    if (count <= limit) return;
    problems.push({
      code,
      severity: 'error',
      message: `The ${layerTitles[layer].title} has ${count.toLocaleString('en-US')} ${what}; CloudFormation allows ${limit.toLocaleString('en-US')}.`,
      hint: hints[layer] ?? 'Split the project in two.',
      path: paths[layer] ?? [],
    });
  };
  check('too-many-resources', resources, limits.resources, 'resources');
  check('too-many-parameters', Object.keys(template.Parameters ?? {}).length, limits.parameters, 'parameters');
  check('too-many-outputs', Object.keys(template.Outputs ?? {}).length, limits.outputs, 'outputs');
  // A character is at least one byte: a text that is too long need not be measured.
  const bytes = body.length > limits.templateBytes ? body.length : Buffer.byteLength(body);
  check('template-too-large', bytes, limits.templateBytes, 'bytes');
  return problems;
}

const hints: Partial<Record<Stack['layer'], string>> = {
  lambda: 'Offer fewer operations (each is a function, a role and a log group), or split the project in two.',
  api: 'Offer fewer operations and endpoints, or split the project in two.',
  dynamodb: 'Split the project in two: each entity is a table.',
};

const paths: Partial<Record<Stack['layer'], string[]>> = {
  lambda: ['api'],
  api: ['api'],
  dynamodb: ['entities'],
  sqs: ['queues'],
  s3: ['storage'],
  eventbridge: ['jobs'],
};

/**
 * What is too large for Lambda or IAM in a user's function. (What generated functions get does not grow with the
 * Blueprint.) Lengths are those in the template: a parameter's name stands for a value of about its own length.
 */
export function functionProblems(
  label: string,
  variables: Record<string, TemplateValue>,
  policy: TemplateValue,
  path: BlueprintPath,
): CompileProblem[] {
  const problems: CompileProblem[] = [];
  const used = Object.entries(variables).reduce((sum, [name, value]) => sum + name.length + textLength(value), 0);
  if (used > limits.environmentBytes) {
    problems.push({
      code: 'environment-too-large',
      severity: 'error',
      message: `The environment variables of ${label} come to ${used} bytes; Lambda takes ${limits.environmentBytes}.`,
      hint: 'Shorten the values, or let the function use fewer entities.',
      path: [...path, 'environment'],
    });
  }
  if (textLength(policy) > limits.rolePolicyCharacters) {
    problems.push({
      code: 'role-too-large',
      severity: 'error',
      message: `The permissions of ${label} come to ${textLength(policy)} characters; a role takes ${limits.rolePolicyCharacters}.`,
      hint: 'Let the function use fewer entities, storage and queues.',
      path: [...path, 'uses'],
    });
  }
  return problems;
}

function textLength(value: TemplateValue): number {
  return Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value));
}
