import type { Blueprint } from '../blueprint/blueprint.ts';
import { durationSeconds } from '../blueprint/duration.ts';
import { durableRegions } from '../blueprint/schema.ts';
import { functionResources } from './function-resources.ts';
import { tables } from './handlers.ts';
import { durableGrant, policyDocument } from './iam.ts';
import { attribute, metadata, ref } from './layer.ts';
import { functionProblems } from './limits.ts';
import { sha256 } from './names.ts';
import type { Scope } from './scope.ts';
import type { CompileProblem } from './stack.ts';
import type { TemplateResource } from './template.ts';
import { backgroundTimeout } from './timeout.ts';
import { codeOf, type FunctionPart, parametersOf, sourceMaps } from './user-functions.ts';
import { usesOf } from './uses.ts';
import { workflowAlias, workflowLabel, workflowName, workflowStem } from './workflow-names.ts';

/** A year, as Lambda counts it: DurableConfig.ExecutionTimeout is at most 31,622,400 seconds. */
const longestExecution = 31_622_400;

/**
 * A workflow is a durable function, called through an alias: each execution stays with the version it began on, for as
 * long as a year, so old versions are kept when a new one is published. Durability can only be chosen when a function
 * is created; that is why workflows have logical ids of their own.
 * https://docs.aws.amazon.com/lambda/latest/dg/durable-configuration.html
 */
export function workflow(scope: Scope, declared: Blueprint['workflows'][number], position: number): FunctionPart {
  const path = ['workflows', position];
  const uses = usesOf(scope, declared.uses, path);
  const code = codeOf(scope, declared.name, path);
  const stem = workflowStem(declared.name);
  const label = workflowLabel(declared.name);
  const name = workflowName(scope, declared.name);
  const source = `workflows.${declared.name}`;
  const environment = { ...sourceMaps, ...tables(uses.entities), ...uses.environment };
  const grants = [durableGrant(name), ...uses.grants];
  const resources = functionResources(scope, {
    stem,
    name,
    label,
    source,
    handler: 'index.handler',
    memory: 256,
    timeout: backgroundTimeout,
    environment,
    grants,
    artifact: code.artifact.key,
    durable: { ExecutionTimeout: durationSeconds(declared.timeout), RetentionPeriodInDays: 14 },
  });
  // A version is a snapshot of code and settings: another of either is another version.
  const versionId = `${stem}Version${sha256(JSON.stringify(resources[`${stem}Function`])).slice(0, 12)}`;
  const version: TemplateResource = {
    Type: 'AWS::Lambda::Version',
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Metadata: metadata(`${label}-version`, source),
    Properties: { FunctionName: ref(`${stem}Function`) },
  };
  const alias: TemplateResource = {
    Type: 'AWS::Lambda::Alias',
    Metadata: metadata(`${label}-${workflowAlias}`, source),
    Properties: {
      FunctionName: ref(`${stem}Function`),
      FunctionVersion: attribute(versionId, 'Version'),
      Name: workflowAlias,
    },
  };
  return {
    resources: { ...resources, [versionId]: version, [`${stem}Alias`]: alias },
    artifact: code.artifact,
    parameters: parametersOf(uses),
    problems: [
      ...uses.problems,
      ...code.problems,
      ...durationProblems(declared, path),
      ...functionProblems(declared.name, environment, policyDocument(grants), path),
    ],
  };
}

function durationProblems(
  { name, timeout }: Blueprint['workflows'][number],
  path: (string | number)[],
): CompileProblem[] {
  const seconds = durationSeconds(timeout);
  if (seconds >= 1 && seconds <= longestExecution) return [];
  return [
    {
      code: 'workflow-timeout',
      severity: 'error',
      message: `The workflow ${name} cannot last ${timeout}: Lambda allows a year.`,
      hint: 'Write 365d or less.',
      path: [...path, 'timeout'],
    },
  ];
}

/** Said once, at the workflows: elsewhere the deployment would fail on the first of them. */
export function regionProblems({ blueprint, region, environment }: Scope): CompileProblem[] {
  if (blueprint.workflows.length === 0 || durableRegions.includes(region)) return [];
  return [
    {
      code: 'durable-region',
      severity: 'error',
      message: `Workflows need Lambda durable functions, which ${region} does not have.`,
      hint: `Set the region of ${environment} to ${durableRegions.join(' or ')}, or remove the workflows.`,
      path: ['workflows'],
    },
  ];
}
