import { kebabCase } from '../blueprint/naming.ts';
import { awsSchedule } from './cron.ts';
import { ruleName } from './eventbridge-names.ts';
import { arn, type LayerContent, type LayerParameter, metadata, outputOf, sub } from './layer.ts';
import { pascal } from './names.ts';
import { nameParameter, undeliveredId, workQueues } from './queues.ts';
import type { Scope } from './scope.ts';
import type { CompileProblem } from './stack.ts';
import type { TemplateResource } from './template.ts';
import { writeMembers } from './written.ts';

/**
 * One rule per job, in UTC, that puts a message into the job's queue: `{"job","id","time"}`, different each time, so
 * that a FIFO queue does not take two runs for one. What cannot be delivered within an hour goes to a queue of its own.
 */
export function eventbridge(scope: Scope): LayerContent {
  const { blueprint } = scope;
  const queues = workQueues(blueprint).filter((queue) => queue.kind === 'job');
  const resources: Record<string, TemplateResource> = {};
  const parameters: Record<string, LayerParameter> = {};
  const problems: CompileProblem[] = [];
  for (const [position, job] of blueprint.jobs.entries()) {
    const queue = queues[position];
    if (queue === undefined) continue;
    const schedule = awsSchedule(job.schedule);
    if (!schedule.ok) {
      problems.push({
        code: 'schedule',
        severity: 'error',
        message: `The schedule of ${job.name} cannot be used. ${schedule.reason}`,
        hint: schedule.hint,
        path: ['jobs', position, 'schedule'],
      });
      continue;
    }
    parameters[nameParameter(queue.id)] = outputOf('sqs', nameParameter(queue.id), `The queue ${queue.label}`);
    resources[`${pascal(job.name)}Schedule`] = {
      Type: 'AWS::Events::Rule',
      Metadata: metadata(`${kebabCase(job.name)}-schedule`, `jobs.${job.name}`),
      Properties: {
        Name: ruleName(scope, job.name),
        Description: `Runs the job ${job.name} (${job.schedule}, UTC)`,
        ScheduleExpression: schedule.expression,
        State: 'ENABLED',
        Targets: [
          {
            Id: 'queue',
            Arn: sub(arn('sqs', `\${${nameParameter(queue.id)}}`)),
            InputTransformer: {
              InputPathsMap: { id: '$.id', time: '$.time' },
              InputTemplate: `{"job":${JSON.stringify(job.name)},"id":<id>,"time":<time>}`,
            },
            ...(queue.fifo ? { SqsParameters: { MessageGroupId: kebabCase(job.name) } } : {}),
            RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 20 },
            DeadLetterConfig: { Arn: sub(arn('sqs', `\${${nameParameter(undeliveredId)}}`)) },
          },
        ],
      },
    };
  }
  if (Object.keys(resources).length > 0) {
    const name = nameParameter(undeliveredId);
    parameters[name] = outputOf('sqs', name, 'The queue for what a schedule could not deliver');
  }
  return { resources: [writeMembers(resources)], parameters, problems };
}
