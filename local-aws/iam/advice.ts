import type { RoleSession } from './credentials.ts';
import type { Demand } from './demands/demand.ts';

/** What in a Blueprint gives a function rights on a service. */
const named: Readonly<Record<string, string>> = {
  dynamodb: 'the entity',
  lambda: 'the workflow',
  s3: 'the storage',
  sqs: 'the queue',
};

/** A line for the log: who was refused what, and what to write so that it is not. */
export function advice({ sessionName }: RoleSession, { action, resource }: Demand): string {
  const [service = ''] = action.split(':');
  const thing = Object.hasOwn(named, service) ? named[service] : undefined;
  const todo =
    service === 'logs'
      ? 'Its lines are lost, as they would be on AWS.'
      : thing === undefined
        ? `No "uses:" of a Blueprint gives ${service}: call it from somewhere else, or add the right to the function's role.`
        : `Add ${thing} behind it to "uses:" of the function (its name alone allows writing, with :read it is read only).`;
  return `IAM: ${sessionName} may not ${action} on ${resource}. ${todo}`;
}
