import type { Blueprint } from '../blueprint/blueprint.ts';
import { kebabCase } from '../blueprint/naming.ts';
import { alarmActions, notifies } from './alarm-names.ts';
import { topic } from './alarm-topic.ts';
import { dashboardPart } from './dashboard.ts';
import { type LayerContent, type LayerParameter, metadata, outputOf, ref } from './layer.ts';
import { pascal } from './names.ts';
import { nameParameter, undeliveredId, workQueues } from './queues.ts';
import type { Scope } from './scope.ts';
import type { TemplateResource, TemplateValue } from './template.ts';
import { userFunctionName } from './user-functions.ts';
import { workflowLabel, workflowName, workflowStem } from './workflow-names.ts';
import { writeMembers } from './written.ts';

/** Whether there is a stack for monitoring: for work that nobody waits for, or for those who hear of alarms. */
export function isWatchedApart(blueprint: Blueprint): boolean {
  return blueprint.jobs.length + blueprint.queues.length + blueprint.workflows.length > 0 || notifies(blueprint);
}

/**
 * Alarms on work that nobody waits for: messages in dead-letter queues, and errors of the functions behind queues and
 * of workflows; the dashboard; and the topic that tells of every alarm by mail. What a caller waits for is watched where
 * it is made (the API's alarm in the api layer, the tables' in dynamodb, throttled functions in lambda), so a project
 * without background work and mails has no stack for this.
 */
export function cloudwatch(scope: Scope): LayerContent {
  const { blueprint } = scope;
  if (!isWatchedApart(blueprint)) return { resources: [] };
  const queues = workQueues(blueprint);
  const resources: Record<string, TemplateResource> = {};
  const parameters: Record<string, LayerParameter> = {};
  const watchQueue = (id: string, label: string, source: string) => {
    parameters[nameParameter(id)] = outputOf('sqs', nameParameter(id), `The queue ${label}`);
    resources[`${id}Alarm`] = alarm(
      scope,
      label,
      source,
      `Messages arrived in ${label}: look at why they failed, then send them again.`,
      {
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: ref(nameParameter(id)) }],
        Statistic: 'Maximum',
      },
    );
  };
  for (const queue of queues) watchQueue(queue.deadLettersId, `${queue.label}-dead-letters`, queue.source);
  if (queues.some((queue) => queue.kind === 'job')) watchQueue(undeliveredId, 'undelivered-schedules', 'jobs');

  const watchFunction = (id: string, name: string, label: string, source: string, description: string) => {
    resources[id] = alarm(scope, `${label}-errors`, source, description, {
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: name }],
      Statistic: 'Sum',
    });
  };
  for (const { name } of blueprint.functions) {
    if (!queues.some((queue) => queue.function === name)) continue;
    watchFunction(
      `Custom${pascal(name)}ErrorsAlarm`,
      userFunctionName(scope, name),
      kebabCase(name),
      `functions.${name}`,
      // What the function throws is a failed message, which is tried again and seen in the dead letters in the end.
      `${name} could not be loaded, or was stopped: its time or memory was used up.`,
    );
  }
  for (const { name } of blueprint.workflows) {
    const label = workflowLabel(name);
    watchFunction(
      `${workflowStem(name)}ErrorsAlarm`,
      workflowName(scope, name),
      label,
      `workflows.${name}`,
      `${name} ended with an error.`,
    );
  }
  const dashboard = dashboardPart(scope);
  return {
    resources: [writeMembers({ ...resources, ...topic(scope), ...dashboard?.resources })],
    parameters: { ...parameters, ...dashboard?.parameters },
  };
}

function alarm(
  scope: Scope,
  label: string,
  source: string,
  description: string,
  metric: Record<string, TemplateValue>,
): TemplateResource {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Metadata: metadata(`${label}-alarm`, source),
    Properties: {
      ...alarmActions(scope),
      AlarmDescription: description,
      ...metric,
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    },
  };
}
