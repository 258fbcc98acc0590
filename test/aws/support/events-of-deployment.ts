import {
  CloudFormationClient,
  paginateDescribeStackEvents,
  paginateDescribeStacks,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import { type Layer, layers } from '../../../src/stacks/stack.ts';

/** What CloudFormation says that it did to one resource. */
export type Deed = 'create' | 'update' | 'replace' | 'delete';

/** What one deployment did, as `dynamodb create NotesTable`, in alphabetical order. A retained resource counts as deleted. */
export interface EventsOfDeployments {
  /** What happened since the last time it was asked. */
  take(): Promise<string[]>;
  close(): void;
}

/**
 * Reads the events of every stack of a project through a client of its own, so that what the engine says of itself is
 * judged by somebody else. Stacks that are deleted are found by their id.
 */
export function eventsOfDeployments(endpoint: string, region: string, prefix: string): EventsOfDeployments {
  const client = new CloudFormationClient({
    endpoint,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const known = new Map<string, Layer>();
  const seen = new Set<string>();

  async function newEvents(stackId: string): Promise<StackEvent[]> {
    const found: StackEvent[] = [];
    for await (const page of paginateDescribeStackEvents({ client }, { StackName: stackId }))
      found.push(...(page.StackEvents ?? []).filter(({ EventId = '' }) => !seen.has(EventId)));
    for (const { EventId = '' } of found) seen.add(EventId);
    return found.reverse();
  }

  return {
    async take() {
      for await (const page of paginateDescribeStacks({ client }, {})) {
        for (const { StackName = '', StackId = '' } of page.Stacks ?? []) {
          const layer = layers.find((candidate) => StackName === `${prefix}-${candidate}`);
          if (layer !== undefined) known.set(StackId, layer);
        }
      }
      const lines: string[] = [];
      for (const [stackId, layer] of known) {
        for (const [logicalId, deed] of deeds(await newEvents(stackId))) lines.push(`${layer} ${deed} ${logicalId}`);
      }
      return lines.sort();
    },
    close: () => client.destroy(),
  };
}

/** By logical id. A replacement is a new resource that is made by an update, and an old one that goes afterwards. */
function deeds(events: readonly StackEvent[]): Map<string, Deed> {
  const done = new Map<string, Deed>();
  for (const { LogicalResourceId = '', ResourceType, ResourceStatus } of events) {
    if (ResourceType === 'AWS::CloudFormation::Stack') continue;
    const before = done.get(LogicalResourceId);
    if (ResourceStatus === 'CREATE_IN_PROGRESS') done.set(LogicalResourceId, before === undefined ? 'create' : before);
    else if (ResourceStatus === 'UPDATE_IN_PROGRESS') done.set(LogicalResourceId, before ?? 'update');
    else if (ResourceStatus === 'DELETE_IN_PROGRESS' || ResourceStatus === 'DELETE_SKIPPED') {
      done.set(LogicalResourceId, before === undefined || before === 'delete' ? 'delete' : 'replace');
    }
  }
  return done;
}
