import type { Blueprint } from '../blueprint/blueprint.ts';
import { kebabCase } from '../blueprint/naming.ts';
import { functionArtifactKey } from './artifact-keys.ts';
import { doorOf, plainAccess } from './door.ts';
import { tableParameter } from './dynamodb.ts';
import { functionResources } from './function-resources.ts';
import { originsOf, serviceOf, tables } from './handlers.ts';
import { consumeGrant, policyDocument } from './iam.ts';
import type { LayerParameter } from './layer.ts';
import { outputOf } from './layer.ts';
import { functionProblems } from './limits.ts';
import { accessVariable } from './model.ts';
import { pascal, physicalName } from './names.ts';
import { nameParameter, workQueues, workQueuesText, workQueuesVariable } from './queues.ts';
import type { Scope } from './scope.ts';
import { secretProblems } from './secret-variables.ts';
import type { Artifact, CompileProblem } from './stack.ts';
import type { TemplateResource, TemplateValue } from './template.ts';
import { timeoutOf } from './timeout.ts';
import { type Uses, usesOf } from './uses.ts';
import { environmentProblems } from './variables.ts';

export type UserFunction = Blueprint['functions'][number];

/** What one function of the user's adds to the lambda stack. */
export interface FunctionPart {
  resources: Record<string, TemplateResource>;
  artifact: Artifact;
  parameters: Record<string, LayerParameter>;
  problems: CompileProblem[];
}

/**
 * Stack traces name the lines that somebody wrote, not those of the bundle. A function may set its own options instead.
 * https://nodejs.org/api/cli.html#--enable-source-maps
 */
export const sourceMaps = { NODE_OPTIONS: '--enable-source-maps' };

/** The stem of the logical ids of a function: `CustomCompleteTask`. */
export function userFunctionStem(name: string): string {
  return `Custom${pascal(name)}`;
}

/** The explicit name in AWS: `backdrift-task-manager-dev-complete-task`. */
export function userFunctionName(scope: Scope, name: string): string {
  return physicalName(scope, kebabCase(name));
}

/**
 * A function of `functions:`. Its zip holds `index.mjs` with an export called `handler`: the user's code, or where
 * endpoints call it, the door that checks a request before the code beside it sees it.
 */
export function userFunction(scope: Scope, declared: UserFunction, position: number): FunctionPart {
  const { blueprint } = scope;
  const path = ['functions', position];
  const uses = usesOf(scope, declared.uses, path);
  const queues = workQueues(blueprint).filter((queue) => queue.function === declared.name);
  const door = doorOf(scope, declared.name);
  const code = codeOf(scope, declared.name, path, door && JSON.stringify(door.model));
  const entities = [...new Set([...uses.entities, ...(door?.entities ?? [])])];
  const ours: Record<string, TemplateValue> = {
    ...tables(entities),
    ...uses.environment,
    ...routesOf(scope, declared.name),
    ...(queues.length === 0 ? {} : { [workQueuesVariable]: workQueuesText(queues), ...serviceOf(scope) }),
  };
  const environment = { ...sourceMaps, ...declared.environment, ...ours };
  const grants = [
    ...uses.grants,
    ...(door?.grants ?? []),
    ...queues.map((queue) => consumeGrant(nameParameter(queue.id))),
  ];
  return {
    resources: functionResources(scope, {
      stem: userFunctionStem(declared.name),
      name: userFunctionName(scope, declared.name),
      label: kebabCase(declared.name),
      source: `functions.${declared.name}`,
      handler: 'index.handler',
      memory: declared.memory,
      timeout: timeoutOf(blueprint, declared),
      environment,
      grants,
      artifact: code.artifact.key,
    }),
    artifact: code.artifact,
    parameters: {
      ...parametersOf({ ...uses, entities }),
      ...Object.fromEntries(
        queues.map((queue) => [
          nameParameter(queue.id),
          outputOf('sqs', nameParameter(queue.id), `The queue ${queue.label}`),
        ]),
      ),
    },
    problems: [
      ...uses.problems,
      ...(door?.problems ?? []),
      ...code.problems,
      ...functionProblems(declared.name, environment, policyDocument(grants), path),
      ...secretProblems(declared.environment, [...path, 'environment']),
      ...environmentProblems(declared.environment, Object.keys(ours), [...path, 'environment']),
    ],
  };
}

export function parametersOf(uses: Uses): Record<string, LayerParameter> {
  return {
    ...Object.fromEntries(
      uses.entities.map((entity) => [
        tableParameter(entity),
        outputOf('dynamodb', tableParameter(entity), `The table of ${entity.plural}`),
      ]),
    ),
    ...uses.parameters,
  };
}

/** The zip of a function or workflow. Without a version of its code nothing can be deployed. */
export function codeOf(
  scope: Scope,
  name: string,
  path: (string | number)[],
  door?: string,
): { artifact: Artifact; problems: CompileProblem[] } {
  const version = Object.hasOwn(scope.code.functions, name) ? scope.code.functions[name] : undefined;
  return {
    artifact: {
      key: functionArtifactKey(version ?? '', door),
      source: { kind: 'function', function: name, ...(door === undefined ? {} : { door }) },
    },
    problems:
      version === undefined
        ? [
            {
              code: 'code-missing',
              severity: 'error',
              message: `The code of ${name} could not be bundled.`,
              hint: 'Check that the handler’s file exists and compiles.',
              path: [...path, 'handler'],
            },
          ]
        : [],
  };
}

/** Who may call the endpoints that a function answers, for the code around it to check. */
function routesOf(scope: Scope, name: string): Record<string, TemplateValue> {
  const endpoints = scope.blueprint.api?.endpoints.filter((endpoint) => endpoint.function === name) ?? [];
  if (endpoints.length === 0) return {};
  const access = Object.fromEntries(
    endpoints.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, plainAccess(endpoint.access)]),
  );
  return { [accessVariable]: JSON.stringify(access), ...originsOf(scope), ...serviceOf(scope) };
}
