import {
  CloudFormationClient,
  CreateStackCommand,
  type CreateStackCommandInput,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
  type StackEvent as SdkEvent,
  type Stack,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import type {
  CloudFormation,
  Failure,
  StackDescription,
  StackEvent,
  StackRequest,
  StackResource,
  SubmitOutcome,
} from '../deployment/ports.ts';
import { isFailure } from '../deployment/ports.ts';
import { redact } from '../deployment/redact.ts';
import { type ClientSettings, clientConfig, observer, observerPlace } from './clients.ts';
import { errorCode, toFailure } from './failures.ts';

/** CloudFormation over the SDK: one command a method, errors turned into outcomes by their code and wording. */
export function cloudFormation(settings: ClientSettings): CloudFormation & { close(): void } {
  const client = new CloudFormationClient(clientConfig(settings));
  client.middlewareStack.add(observer(settings.onCall), observerPlace);

  async function describeStack(nameOrId: string): ReturnType<CloudFormation['describeStack']> {
    try {
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: nameOrId }));
      const stack = Stacks?.[0];
      return stack === undefined ? { status: 'absent' } : { status: 'found', stack: description(stack) };
    } catch (error) {
      return absentOr(error);
    }
  }

  return {
    async createStack(request) {
      try {
        const { StackId } = await client.send(
          new CreateStackCommand({
            ...submission(request),
            OnFailure: request.onFailure === 'keep' ? 'DO_NOTHING' : 'ROLLBACK',
          }),
        );
        return submitted(StackId);
      } catch (error) {
        if (errorCode(error) === 'AlreadyExistsException') return { status: 'already-exists' };
        return toFailure(error);
      }
    },

    async updateStack(request) {
      try {
        const { StackId } = await client.send(
          new UpdateStackCommand({ ...submission(request), DisableRollback: request.onFailure === 'keep' }),
        );
        return submitted(StackId);
      } catch (error) {
        const failure = toFailure(error);
        if (/^No updates are to be performed/i.test(failure.message)) return { status: 'no-updates' };
        if (isAbsent(failure)) return { status: 'absent' };
        return busyOr(failure);
      }
    },

    async deleteStack(stackId, token) {
      try {
        await client.send(new DeleteStackCommand({ StackName: stackId, ClientRequestToken: token }));
        return { status: 'submitted' };
      } catch (error) {
        const failure = toFailure(error);
        return isAbsent(failure) ? { status: 'submitted' } : busyOr(failure);
      }
    },

    describeStack,

    async describeStacks(names) {
      const missing = new Set(names);
      const stacks: StackDescription[] = [];
      try {
        // One call for all. Where the account has more than a page of stacks, or listing is not allowed, by name.
        const { Stacks, NextToken } = await client.send(new DescribeStacksCommand({}));
        for (const stack of Stacks ?? []) if (missing.delete(stack.StackName ?? '')) stacks.push(description(stack));
        if (NextToken === undefined) return { status: 'found', stacks };
      } catch (error) {
        const failure = toFailure(error);
        if (failure.status !== 'rejected') return failure;
      }
      const found = await Promise.all([...missing].map(describeStack));
      for (const one of found) {
        if (isFailure(one)) return one;
        if (one.status === 'found') stacks.push(one.stack);
      }
      return { status: 'found', stacks };
    },

    async events(stackId, token, after) {
      const events: StackEvent[] = [];
      try {
        let next: string | undefined;
        do {
          const page = await client.send(
            new DescribeStackEventsCommand({ StackName: stackId, ...(next === undefined ? {} : { NextToken: next }) }),
          );
          for (const event of page.StackEvents ?? []) {
            // Newest first: where the known ones or another operation's begin, the rest is known or not ours.
            if (event.EventId === after || event.ClientRequestToken !== token) {
              return { status: 'found', events: oldestFirst(events) };
            }
            events.push(stackEvent(event));
          }
          next = page.NextToken;
        } while (next !== undefined);
        return { status: 'found', events: oldestFirst(events) };
      } catch (error) {
        return toFailure(error);
      }
    },

    async resources(stackId) {
      const resources: StackResource[] = [];
      try {
        let next: string | undefined;
        do {
          const page = await client.send(
            new ListStackResourcesCommand({ StackName: stackId, ...(next === undefined ? {} : { NextToken: next }) }),
          );
          for (const summary of page.StackResourceSummaries ?? []) {
            resources.push({
              logicalId: summary.LogicalResourceId ?? '',
              type: summary.ResourceType ?? '',
              status: summary.ResourceStatus ?? '',
              ...(summary.PhysicalResourceId ? { physicalId: summary.PhysicalResourceId } : {}),
              ...(summary.ResourceStatusReason ? { reason: redact(summary.ResourceStatusReason) } : {}),
            });
          }
          next = page.NextToken;
        } while (next !== undefined);
        return { status: 'found', resources };
      } catch (error) {
        return absentOr(error);
      }
    },

    async getTemplate(nameOrId) {
      try {
        const { TemplateBody } = await client.send(
          new GetTemplateCommand({ StackName: nameOrId, TemplateStage: 'Original' }),
        );
        return TemplateBody === undefined ? { status: 'absent' } : { status: 'found', body: TemplateBody };
      } catch (error) {
        return absentOr(error);
      }
    },

    close: () => client.destroy(),
  };
}

/** What creating and updating have in common. */
function submission(request: StackRequest) {
  return {
    StackName: request.name,
    ...('url' in request.template ? { TemplateURL: request.template.url } : { TemplateBody: request.template.body }),
    Parameters: Object.entries(request.parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
    Tags: Object.entries(request.tags).map(([Key, Value]) => ({ Key, Value })),
    ClientRequestToken: request.token,
    Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
    // A resource that is made in an operation that fails is removed again although it is to be retained later;
    // otherwise it would be in the way of the next attempt.
    RetainExceptOnCreate: true,
  } satisfies CreateStackCommandInput;
}

function submitted(stackId: string | undefined): SubmitOutcome {
  if (stackId === undefined)
    return { status: 'rejected', code: 'NoStackId', message: 'CloudFormation named no stack.' };
  return { status: 'submitted', stackId };
}

/** CloudFormation says ValidationError for nearly everything; only the wording tells what it means. */
function isAbsent(failure: Failure): boolean {
  return failure.status === 'rejected' && /does not exist/i.test(failure.message);
}

function busyOr(failure: Failure): { status: 'busy'; message: string } | Failure {
  const busy =
    failure.code === 'OperationInProgressException' ||
    /is in [A-Z_]+ state and can ?not be (updated|deleted)|cannot be (updated|deleted) while in status/i.test(
      failure.message,
    );
  return failure.status === 'rejected' && busy ? { status: 'busy', message: failure.message } : failure;
}

function absentOr(error: unknown): { status: 'absent' } | Failure {
  const failure = toFailure(error);
  return isAbsent(failure) ? { status: 'absent' } : failure;
}

function description(stack: Stack): StackDescription {
  const updatedAt = stack.LastUpdatedTime ?? stack.CreationTime;
  return {
    stackId: stack.StackId ?? '',
    name: stack.StackName ?? '',
    status: stack.StackStatus ?? '',
    ...(stack.StackStatusReason ? { reason: redact(stack.StackStatusReason) } : {}),
    ...(updatedAt === undefined ? {} : { updatedAt: updatedAt.toISOString() }),
    outputs: Object.fromEntries(
      (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    ),
    parameters: Object.fromEntries(
      (stack.Parameters ?? []).map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]),
    ),
    tags: Object.fromEntries((stack.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
  };
}

function stackEvent(event: SdkEvent): StackEvent {
  return {
    eventId: event.EventId ?? '',
    at: event.Timestamp?.toISOString() ?? '',
    logicalId: event.LogicalResourceId ?? '',
    resourceType: event.ResourceType ?? '',
    ...(event.PhysicalResourceId ? { physicalId: event.PhysicalResourceId } : {}),
    status: event.ResourceStatus ?? '',
    ...(event.ResourceStatusReason ? { reason: redact(event.ResourceStatusReason) } : {}),
    ...(event.ClientRequestToken === undefined ? {} : { token: event.ClientRequestToken }),
    root: event.PhysicalResourceId !== undefined && event.PhysicalResourceId === event.StackId,
  };
}

/** Each event once: a page that shifts while it is read repeats some. */
function oldestFirst(newestFirst: StackEvent[]): StackEvent[] {
  return [...new Map(newestFirst.map((event) => [event.eventId, event])).values()].reverse();
}
