import type { ChangeSet } from './change-set.ts';
import type { OperationRecord, StackEvent } from './events.ts';
import type { Json } from './json.ts';
import { partition, type StackPlace } from './pseudo-parameters.ts';
import type { ResourceStatus, StackStatus } from './stack-status.ts';
import type { ParameterValues } from './template/parameters.ts';
import { emptyTemplate, type ResourceDefinition, type Template } from './template/template.ts';

/** A resource as the stack has it. A value: a change of it is a new one in its place. */
export interface ResourceInstance {
  readonly logicalId: string;
  readonly type: string;
  readonly definition: ResourceDefinition;
  /** Logical ids that it was made after; it is deleted before them. */
  readonly dependsOn: readonly string[];
  /** Absent until the service has given one. */
  readonly physicalId?: string;
  /** What Ref gives. */
  readonly ref?: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** As last handed to the provider, also when that failed. */
  readonly properties: { readonly [key: string]: Json };
  /** The last update of it failed on the way: what the service has of the properties is not known. */
  readonly uncertain?: true;
  readonly status: ResourceStatus;
  readonly reason?: string;
  readonly updatedAt: number;
}

export interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** Everything about a stack that an update changes and a rollback restores. */
export interface Deployed {
  readonly template: Template;
  readonly parameters: ParameterValues;
  readonly tags: readonly Tag[];
  readonly resources: ReadonlyMap<string, ResourceInstance>;
  readonly outputs: readonly StackOutput[];
  /** Names of exports of other stacks that it uses. */
  readonly imports: ReadonlySet<string>;
}

/** Settings that a request gives and DescribeStacks shows. */
export interface StackSettings {
  readonly capabilities: readonly string[];
  readonly roleArn?: string;
  readonly notificationArns: readonly string[];
  readonly disableRollback: boolean;
  readonly retainExceptOnCreate: boolean;
  readonly timeoutInMinutes?: number;
  readonly deploymentMode?: string;
}

/** An operation under way. One at a time a stack. */
export interface RunningOperation {
  readonly record: OperationRecord;
  /** Ends the forward part early: a failed sibling, CancelUpdateStack, DeleteStack. */
  readonly cancel: AbortController;
  /** Another operation has taken the stack over: this one ends without a word. */
  superseded: boolean;
  readonly finished: Promise<void>;
}

/** A stack. The one mutable thing in this engine; only operations and a few actions write to it. */
export interface Stack extends StackPlace {
  readonly createdAt: number;
  status: StackStatus;
  statusReason?: string | undefined;
  updatedAt?: number;
  deletedAt?: number;
  description?: string | undefined;
  template: Template;
  parameters: ParameterValues;
  tags: readonly Tag[];
  settings: StackSettings;
  notificationArns: readonly string[];
  resources: Map<string, ResourceInstance>;
  /** Replaced, and still there until the clean-up. */
  retired: readonly ResourceInstance[];
  outputs: readonly StackOutput[];
  imports: ReadonlySet<string>;
  /** The last state that completed: where a rollback leads. Absent before the first. */
  stable?: Deployed;
  terminationProtection: boolean;
  policy?: string | undefined;
  changeSetId?: string;
  readonly changeSets: Map<string, ChangeSet>;
  readonly events: StackEvent[];
  readonly operations: OperationRecord[];
  running?: RunningOperation | undefined;
}

/** A stack that nothing has been done to yet. */
export function newStack(place: {
  name: string;
  account: string;
  region: string;
  uuid: string;
  now: number;
  settings: StackSettings;
}): Stack {
  const { name, account, region, uuid, now, settings } = place;
  return {
    name,
    account,
    region,
    id: `arn:${partition(region)}:cloudformation:${region}:${account}:stack/${name}/${uuid}`,
    createdAt: now,
    status: 'REVIEW_IN_PROGRESS',
    template: emptyTemplate,
    parameters: new Map(),
    tags: [],
    settings,
    notificationArns: settings.notificationArns,
    resources: new Map(),
    retired: [],
    outputs: [],
    imports: new Set(),
    terminationProtection: false,
    changeSets: new Map(),
    events: [],
    operations: [],
  };
}

/** Made and not yet deleted: there is something in the service to delete. */
export function exists(instance: ResourceInstance): instance is ResourceInstance & { physicalId: string } {
  return (
    instance.physicalId !== undefined && instance.status !== 'DELETE_COMPLETE' && instance.status !== 'DELETE_SKIPPED'
  );
}

/** What a rollback would restore, as the stack stands now. */
export function deployed(stack: Stack): Deployed {
  const { template, parameters, tags, outputs, imports } = stack;
  return { template, parameters, tags, outputs, imports, resources: new Map(stack.resources) };
}
