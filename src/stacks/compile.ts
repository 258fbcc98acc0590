import type { Blueprint } from '../blueprint/blueprint.ts';
import { amplify } from './amplify.ts';
import { api } from './api.ts';
import { cloudwatch } from './cloudwatch.ts';
import { cognito } from './cognito.ts';
import { dynamodb } from './dynamodb.ts';
import { eventbridge } from './eventbridge.ts';
import { dependenciesOf } from './graph.ts';
import { lambda } from './lambda.ts';
import type { LayerContent } from './layer.ts';
import { limitProblems } from './limits.ts';
import { stackName } from './names.ts';
import { s3 } from './s3.ts';
import { type Scope, scopeOf } from './scope.ts';
import { sqs } from './sqs.ts';
import {
  type Compilation,
  type CompileOptions,
  type CompileProblem,
  type Layer,
  layers,
  layerTitles,
  type ParameterSource,
  type Stack,
} from './stack.ts';
import type { Template, TemplateResource } from './template.ts';
import { type Joined, joinMembers, type Written, write } from './written.ts';

/**
 * The stacks of a Blueprint in one environment. Pure, and the same bytes for the same Blueprint, whatever the order of
 * keys in its text. Parts of templates are shared with earlier compilations: nobody may change them.
 *
 * With an error among the problems the stacks are still given, to be looked at; they must not be deployed.
 */
export function compile(blueprint: Blueprint, options: CompileOptions): Compilation {
  const scope = scopeOf(blueprint, options.environment, options.code);
  if (scope === undefined) return { stacks: [], problems: [unknownEnvironment(blueprint, options.environment)] };
  const contents = new Map<Layer, LayerContent>();
  for (const layer of layers) {
    const content = contentOf(layer, scope);
    if (content.resources.some((part) => part.text !== '')) contents.set(layer, content);
  }
  const present = new Set(contents.keys());
  const problems: CompileProblem[] = [];
  const stacks = [...contents].map(([layer, content]) => {
    const { stack, resources } = assemble(scope, layer, content, present);
    problems.push(
      ...(content.problems ?? []),
      ...resources.repeated.map(collision),
      ...limitProblems(stack, resources.size),
    );
    return stack;
  });
  return { stacks, problems };
}

function contentOf(layer: Layer, scope: Scope): LayerContent {
  switch (layer) {
    case 'cognito':
      return cognito(scope);
    case 'dynamodb':
      return dynamodb(scope);
    case 's3':
      return s3(scope);
    case 'sqs':
      return sqs(scope);
    case 'lambda':
      return lambda(scope);
    case 'api':
      return api(scope);
    case 'eventbridge':
      return eventbridge(scope);
    case 'amplify':
      return amplify(scope);
    case 'cloudwatch':
      return cloudwatch(scope);
  }
}

/** What a template is deployed with when no engine fills in its parameters. */
function defaultOf(source: ParameterSource): { Default?: string } {
  if (source.from === 'value') return { Default: source.value };
  return source.from === 'account-setting' ? { Default: 'false' } : {};
}

function assemble(
  scope: Scope,
  layer: Layer,
  content: LayerContent,
  present: ReadonlySet<Layer>,
): { stack: Stack; resources: Joined<TemplateResource> } {
  const resources = joinMembers(content.resources);
  const parameters = content.parameters ?? {};
  const sources: Record<string, ParameterSource> = {};
  const declared: NonNullable<Template['Parameters']> = {};
  for (const [name, { description, source }] of Object.entries(parameters)) {
    sources[name] = source;
    declared[name] = {
      Type: 'String',
      Description: description,
      ...defaultOf(source),
    };
  }
  const sections: [keyof Template, Written<unknown>][] = [
    ['AWSTemplateFormatVersion', write('2010-09-09')],
    ['Description', write(`${scope.slug} (${scope.environment}): ${layerTitles[layer].purpose}. Made by Backdrift.`)],
  ];
  if (Object.keys(declared).length > 0) sections.push(['Parameters', write(declared)]);
  if (content.conditions !== undefined) sections.push(['Conditions', write(content.conditions)]);
  sections.push(['Resources', resources]);
  if (Object.keys(content.outputs ?? {}).length > 0) sections.push(['Outputs', write(content.outputs)]);
  const template: Template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `${scope.slug} (${scope.environment}): ${layerTitles[layer].purpose}. Made by Backdrift.`,
    ...(Object.keys(declared).length > 0 ? { Parameters: declared } : {}),
    ...(content.conditions === undefined ? {} : { Conditions: content.conditions }),
    Resources: resources.value,
    ...(content.outputs === undefined || Object.keys(content.outputs).length === 0 ? {} : { Outputs: content.outputs }),
  };
  return {
    stack: {
      layer,
      name: stackName(scope, layer),
      template,
      body:
        sections.reduce((text, [key, section]) => `${text}${text === '{' ? '' : ','}"${key}":${section.text}`, '{') +
        '}',
      parameters: sources,
      dependsOn: dependenciesOf(layer, sources, present),
      artifacts: content.artifacts ?? [],
    },
    resources,
  };
}

/** Names are compared before this; what is left are names that only differ where a logical id cannot. */
function collision(logicalId: string): CompileProblem {
  return {
    code: 'logical-id-collision',
    severity: 'error',
    message: `Two things of the Blueprint would both be called ${logicalId} in the template.`,
    hint: 'Rename one of them; two names that differ only in a hyphen are one there. An entity cannot take the name that another was renamed from.',
    path: [],
  };
}

function unknownEnvironment(blueprint: Blueprint, environment: string): CompileProblem {
  return {
    code: 'unknown-environment',
    severity: 'error',
    message: `The Blueprint has no environment ${environment}.`,
    hint: `It has: ${[...Object.keys(blueprint.environments), 'local'].join(', ')}.`,
    path: ['environments'],
  };
}
