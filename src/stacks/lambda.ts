import type { Entity } from '../blueprint/blueprint.ts';
import { kebabCase } from '../blueprint/naming.ts';
import { fileOperations } from '../blueprint/storage.ts';
import { alarmActions } from './alarm-names.ts';
import { isWatchedApart } from './cloudwatch.ts';
import { userPoolParameter } from './cognito.ts';
import { dashboardPart } from './dashboard.ts';
import { tableParameter } from './dynamodb.ts';
import { fileHandlers } from './file-handlers.ts';
import { fileHandlerLabel } from './file-routes.ts';
import { artifactBucketParameter, boundaryCondition, boundaryParameter } from './function-resources.ts';
import {
  type EntityHandlers,
  entityHandlers,
  healthHandler,
  healthName,
  openapiHandler,
  openapiName,
} from './handlers.ts';
import { arn, attribute, type LayerContent, type LayerParameter, metadata, outputOf, ref, sub } from './layer.ts';
import { memberFunctionNames, memberHandlers } from './members/handlers.ts';
import { handlerLabel, physicalName } from './names.ts';
import { nameParameter, type WorkQueue, workQueues } from './queues.ts';
import type { Scope } from './scope.ts';
import type { Artifact, CompileProblem } from './stack.ts';
import type { TemplateResource } from './template.ts';
import { type FunctionPart, userFunction, userFunctionName, userFunctionStem } from './user-functions.ts';
import { workflowName } from './workflow-names.ts';
import { regionProblems, workflow } from './workflows.ts';
import { type WrittenMembers, writeMembers } from './written.ts';

/**
 * Every function: the handlers of the generated operations and of files, health, the user's own, and workflows; each with its role
 * and log group, and what connects it to its queue. The API refers to functions by name, so nothing is output here.
 */
export function lambda(scope: Scope): LayerContent {
  const { blueprint } = scope;
  const members = memberHandlers(scope);
  const handlers = [
    ...blueprint.entities
      .filter((entity) => scope.resources.has(entity))
      .map((entity) => entityHandlers(scope, entity)),
    ...(members === undefined ? [] : [members]),
  ];
  const health = blueprint.api === undefined ? undefined : healthHandler(scope);
  const openapi = openapiHandler(scope);
  const files = blueprint.api === undefined ? [] : blueprint.storage.map((storage) => fileHandlers(scope, storage));
  const own: FunctionPart[] = [
    ...blueprint.functions.map((declared, position) => userFunction(scope, declared, position)),
    ...blueprint.workflows.map((declared, position) => workflow(scope, declared, position)),
  ];
  if (handlers.length === 0 && health === undefined && own.length === 0) return { resources: [] };
  // Where nothing needs a stack for its alarms, the dashboard is no reason to make one.
  const dashboard = isWatchedApart(blueprint) ? undefined : dashboardPart(scope);
  return {
    resources: [
      ...handlers.map((part) => part.resources),
      ...(health === undefined ? [] : [health.resources]),
      ...(openapi === undefined ? [] : [openapi.resources]),
      ...files.map((part) => writeMembers(part.resources)),
      ...own.map((part) => writeMembers(part.resources)),
      ...workQueues(blueprint).flatMap((queue) => eventSource(scope, queue)),
      writeMembers(throttlesAlarm(scope)),
      ...(dashboard === undefined ? [] : [writeMembers(dashboard.resources)]),
    ],
    parameters: { ...parametersOf(scope, handlers, [...files, ...own]), ...dashboard?.parameters },
    conditions: {
      [boundaryCondition]: { 'Fn::Not': [{ 'Fn::Equals': [ref(boundaryParameter), ''] }] },
    },
    artifacts: distinct([
      ...handlers.map((part) => part.artifact),
      ...(health === undefined ? [] : [health.artifact]),
      ...(openapi === undefined ? [] : [openapi.artifact]),
      ...files.map((part) => part.artifact),
      ...own.map((part) => part.artifact),
    ]),
    problems: [
      ...own.flatMap((part): CompileProblem[] => part.problems),
      ...regionProblems(scope),
      ...nameProblems(scope),
    ],
  };
}

function parametersOf(
  scope: Scope,
  handlers: EntityHandlers[],
  others: Pick<FunctionPart, 'parameters'>[],
): Record<string, LayerParameter> {
  const touched = new Set<Entity>(handlers.flatMap((part) => part.entities));
  const parameters: Record<string, LayerParameter> = {
    [artifactBucketParameter]: {
      description: 'The bucket that holds the code of the functions',
      source: { from: 'artifact-bucket' },
    },
    [boundaryParameter]: {
      description: 'The permissions boundary of every role; empty for none',
      source: { from: 'value', value: '' },
    },
  };
  for (const entity of scope.blueprint.entities) {
    if (!touched.has(entity)) continue;
    const name = tableParameter(entity);
    parameters[name] = outputOf('dynamodb', name, `The table of ${entity.plural}`);
  }
  if (handlers.some((part) => part.userPool)) {
    parameters[userPoolParameter] = outputOf('cognito', userPoolParameter, 'The user pool');
  }
  for (const part of others) Object.assign(parameters, part.parameters);
  return parameters;
}

/** Failed messages are reported one by one, so that one bad message does not repeat the whole batch. */
function eventSource(scope: Scope, queue: WorkQueue): WrittenMembers<TemplateResource>[] {
  if (!scope.blueprint.functions.some(({ name }) => name === queue.function)) return [];
  return [
    writeMembers<TemplateResource>({
      [`${queue.id}Source`]: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Metadata: metadata(`${queue.label}-source`, queue.source),
        Properties: {
          EventSourceArn: sub(arn('sqs', `\${${nameParameter(queue.id)}}`)),
          FunctionName: attribute(`${userFunctionStem(queue.function)}Function`, 'Arn'),
          BatchSize: queue.batchSize,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
        },
      },
    }),
  ];
}

/**
 * One alarm, not one per function: functions are throttled when the account's concurrency is used up, which hits all of
 * them. Errors of functions behind the API are seen by the API's alarm, of those behind queues by the cloudwatch layer.
 */
function throttlesAlarm(scope: Scope): Record<string, TemplateResource> {
  return {
    ThrottlesAlarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Metadata: metadata('function-throttles', 'functions'),
      Properties: {
        ...alarmActions(scope),
        AlarmDescription: 'Functions in this account and region were refused: its concurrency limit is reached.',
        Namespace: 'AWS/Lambda',
        MetricName: 'Throttles',
        Statistic: 'Sum',
        Period: 300,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
      },
    },
  };
}

/** The names of the user's functions and of generated ones are made differently, and could still meet. */
function nameProblems(scope: Scope): CompileProblem[] {
  const { blueprint } = scope;
  const taken = new Set<string>(blueprint.workflows.map(({ name }) => workflowName(scope, name)));
  if (blueprint.functions.some(({ name }) => kebabCase(name).endsWith('-handler'))) {
    if (blueprint.api !== undefined) taken.add(healthName(scope)).add(openapiName(scope));
    for (const name of memberFunctionNames(scope)) taken.add(name);
    for (const [entity, resource] of scope.resources) {
      for (const { operation } of resource.operations) taken.add(physicalName(scope, handlerLabel(operation, entity)));
    }
    for (const storage of blueprint.api === undefined ? [] : blueprint.storage) {
      for (const operation of fileOperations) taken.add(physicalName(scope, fileHandlerLabel(operation, storage)));
    }
  }
  return blueprint.functions.flatMap(({ name }, position): CompileProblem[] =>
    taken.has(userFunctionName(scope, name))
      ? [
          {
            code: 'function-name-taken',
            severity: 'error',
            message: `A generated function is called ${kebabCase(name)} already.`,
            hint: 'Rename your function.',
            path: ['functions', position, 'name'],
          },
        ]
      : [],
  );
}

function distinct(artifacts: Artifact[]): Artifact[] {
  return [...new Map(artifacts.map((artifact) => [artifact.key, artifact])).values()];
}
