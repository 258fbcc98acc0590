import type {
  Clock,
  CloudFormation,
  Failure,
  StackDescription,
  StackEvent,
  StackRequest,
  StackResource,
  SubmitOutcome,
} from '../../src/deployment/ports.ts';
import { type FakeS3, type Faults, lostAnswer } from './fake-object-store.ts';

interface FakeResource {
  Type: string;
  DeletionPolicy?: string;
  Properties: Record<string, unknown>;
}

interface FakeTemplate {
  Resources: Record<string, FakeResource>;
  Outputs?: Record<string, { Value: unknown }>;
}

interface Running {
  status: string;
  type: string;
  physicalId?: string;
  reason?: string;
}

interface FakeStack {
  id: string;
  name: string;
  status: string;
  reason?: string;
  updatedAt: number;
  body: string;
  template: FakeTemplate;
  parameters: Record<string, string>;
  tags: Record<string, string>;
  resources: Map<string, Running>;
  events: StackEvent[];
  /** What is still to happen, in the order of time. */
  script: { at: number; happen(): void }[];
  tokens: Map<string, string>;
}

/** Seconds to create a resource, after published measurements; the rest takes ten. */
const seconds: Record<string, number> = {
  'AWS::DynamoDB::Table': 34,
  'AWS::Lambda::Function': 20,
  'AWS::IAM::Role': 18,
  'AWS::S3::Bucket': 22,
  'AWS::SQS::Queue': 64,
  'AWS::Cognito::UserPool': 6,
  'AWS::Logs::LogGroup': 2,
};

/**
 * CloudFormation in memory, under a virtual clock: stacks, resources and events that take their time, rollback,
 * retained resources, client tokens. Templates are really read from the bucket, and functions need their zip there.
 * Any resource can be made to fail.
 */
export class FakeCloudFormation implements CloudFormation {
  readonly stacks: FakeStack[] = [];
  readonly calls: string[] = [];
  /** `stack/LogicalId` → reason: this resource fails when it is created or updated. */
  readonly failing = new Map<string, string>();
  /** `stack` → reason: the update rolls back and cannot even do that. */
  readonly rollbackFails = new Set<string>();
  faults: Faults = () => undefined;
  /** Events come out this much later than they happen. */
  eventDelay = 0;
  readonly #clock: Clock;
  readonly #s3: FakeS3;
  readonly #latency: number;
  #serial = 0;

  constructor(clock: Clock, s3: FakeS3, latency = 30) {
    this.#clock = clock;
    this.#s3 = s3;
    this.#latency = latency;
  }

  /** The stack of this name that is not deleted. */
  stack(name: string): FakeStack | undefined {
    this.#passTime();
    return this.stacks.find((stack) => stack.name === name && stack.status !== 'DELETE_COMPLETE');
  }

  createStack(request: StackRequest): Promise<SubmitOutcome> {
    return this.#call(`CreateStack ${request.name}`, (): SubmitOutcome => {
      const there = this.stack(request.name);
      const again = there?.tokens.get(request.token);
      if (there !== undefined && again === 'create') return { status: 'submitted', stackId: there.id };
      if (there !== undefined) return { status: 'already-exists' };
      const body = this.#body(request);
      if (typeof body !== 'string') return body;
      const serial = ++this.#serial;
      const stack: FakeStack = {
        id: `arn:aws:cloudformation:us-east-2:123456789012:stack/${request.name}/${serial}`,
        name: request.name,
        status: 'CREATE_IN_PROGRESS',
        updatedAt: this.#clock.now(),
        body,
        template: JSON.parse(body),
        parameters: request.parameters,
        tags: request.tags,
        resources: new Map(),
        events: [],
        script: [],
        tokens: new Map([[request.token, 'create']]),
      };
      this.stacks.push(stack);
      this.#rootEvent(stack, 'CREATE_IN_PROGRESS', request.token, 'User Initiated');
      this.#scriptCreate(stack, request);
      return { status: 'submitted', stackId: stack.id };
    });
  }

  updateStack(request: StackRequest): Promise<SubmitOutcome> {
    return this.#call(`UpdateStack ${request.name}`, (): SubmitOutcome => {
      const stack = this.stack(request.name);
      if (stack === undefined) return { status: 'absent' };
      if (stack.tokens.get(request.token) === 'update') return { status: 'submitted', stackId: stack.id };
      const updatable =
        /^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(stack.status) ||
        (request.onFailure === 'keep' && /^(CREATE|UPDATE)_FAILED$/.test(stack.status));
      if (!updatable) {
        return { status: 'busy', message: `Stack:${stack.id} is in ${stack.status} state and can not be updated.` };
      }
      const body = this.#body(request);
      if (typeof body !== 'string') return body;
      const half = [...stack.resources.values()].some((resource) => !resource.status.endsWith('_COMPLETE'));
      const same =
        JSON.stringify([JSON.parse(body), request.parameters]) === JSON.stringify([stack.template, stack.parameters]);
      if (same && !half) return { status: 'no-updates' };
      stack.tokens.set(request.token, 'update');
      this.#rootEvent(stack, 'UPDATE_IN_PROGRESS', request.token, 'User Initiated');
      this.#scriptUpdate(stack, request, body);
      return { status: 'submitted', stackId: stack.id };
    });
  }

  deleteStack(stackId: string, token: string): ReturnType<CloudFormation['deleteStack']> {
    return this.#call(`DeleteStack ${stackId}`, () => {
      this.#passTime();
      const stack = this.stacks.find((candidate) => candidate.id === stackId);
      if (stack === undefined || stack.status === 'DELETE_COMPLETE') return { status: 'submitted' as const };
      if (stack.status.endsWith('_IN_PROGRESS') && stack.status !== 'REVIEW_IN_PROGRESS') {
        return { status: 'busy' as const, message: `Stack ${stack.name} is in ${stack.status} state.` };
      }
      this.#rootEvent(stack, 'DELETE_IN_PROGRESS', token, 'User Initiated');
      const start = this.#clock.now() + 500;
      let end = start;
      for (const [id, resource] of stack.resources) {
        if (resource.status === 'DELETE_COMPLETE') continue;
        const retained = stack.template.Resources[id]?.DeletionPolicy?.startsWith('Retain') ?? false;
        this.#at(stack, start, () => this.#event(stack, id, 'DELETE_IN_PROGRESS', token));
        end = Math.max(end, start + 5000);
        this.#at(stack, start + 5000, () => {
          if (!retained) this.#unmake(resource);
          this.#event(stack, id, retained ? 'DELETE_SKIPPED' : 'DELETE_COMPLETE', token);
        });
      }
      this.#at(stack, end + 300, () => this.#rootEvent(stack, 'DELETE_COMPLETE', token));
      return { status: 'submitted' as const };
    });
  }

  describeStack(nameOrId: string): ReturnType<CloudFormation['describeStack']> {
    return this.#call(`DescribeStacks ${nameOrId}`, () => {
      this.#passTime();
      const stack = this.stacks.find(({ id }) => id === nameOrId) ?? this.stack(nameOrId);
      return stack === undefined
        ? { status: 'absent' as const }
        : { status: 'found' as const, stack: this.#description(stack) };
    });
  }

  describeStacks(names: readonly string[]): ReturnType<CloudFormation['describeStacks']> {
    return this.#call('DescribeStacks', () => {
      const stacks = names.map((name) => this.stack(name)).filter((stack) => stack !== undefined);
      return { status: 'found' as const, stacks: stacks.map((stack) => this.#description(stack)) };
    });
  }

  events(stackId: string, token: string, after?: string): ReturnType<CloudFormation['events']> {
    return this.#call(`DescribeStackEvents ${stackId}`, () => {
      this.#passTime();
      const visible = (this.stacks.find(({ id }) => id === stackId)?.events ?? []).filter(
        (event) => Date.parse(event.at) + this.eventDelay <= this.#clock.now(),
      );
      const events: StackEvent[] = [];
      for (const event of visible.toReversed()) {
        if (event.eventId === after || event.token !== token) break;
        events.unshift(event);
      }
      return { status: 'found' as const, events };
    });
  }

  resources(stackId: string): ReturnType<CloudFormation['resources']> {
    return this.#call(`ListStackResources ${stackId}`, () => {
      this.#passTime();
      const stack = this.stacks.find(({ id }) => id === stackId);
      if (stack === undefined) return { status: 'absent' as const };
      const resources = [...stack.resources].map(
        ([logicalId, resource]): StackResource => ({ logicalId, ...resource }),
      );
      return { status: 'found' as const, resources };
    });
  }

  getTemplate(nameOrId: string): ReturnType<CloudFormation['getTemplate']> {
    return this.#call(`GetTemplate ${nameOrId}`, () => {
      const stack = this.stacks.find(({ id }) => id === nameOrId) ?? this.stack(nameOrId);
      return stack === undefined ? { status: 'absent' as const } : { status: 'found' as const, body: stack.body };
    });
  }

  async #call<Outcome>(name: string, work: () => Outcome): Promise<Outcome | Failure> {
    this.calls.push(name);
    await this.#clock.sleep(this.#latency);
    const fault = this.faults(name);
    if (fault === undefined) return work();
    if (fault === lostAnswer) work();
    return fault;
  }

  #body(request: StackRequest): string | Failure {
    if ('body' in request.template) return request.template.body;
    const body = this.#s3.readUrl(request.template.url);
    if (body !== undefined) return body;
    return { status: 'rejected', code: 'ValidationError', message: `S3 error: ${request.template.url} does not exist` };
  }

  #scriptCreate(stack: FakeStack, request: StackRequest): void {
    const ids = Object.keys(stack.template.Resources);
    const { end, failed } = this.#scriptResources(stack, ids, 'CREATE', request.token);
    if (failed === undefined) {
      this.#at(stack, end + 300, () => this.#rootEvent(stack, 'CREATE_COMPLETE', request.token));
      return;
    }
    const reason = `The following resource(s) failed to create: [${failed}].`;
    if (request.onFailure === 'keep') {
      this.#at(stack, end + 300, () => this.#rootEvent(stack, 'CREATE_FAILED', request.token, reason));
      return;
    }
    this.#at(stack, end + 300, () => this.#rootEvent(stack, 'ROLLBACK_IN_PROGRESS', request.token, reason));
    for (const id of ids) {
      this.#at(stack, end + 2000, () => {
        const resource = stack.resources.get(id);
        if (resource !== undefined) this.#unmake(resource);
        this.#event(stack, id, 'DELETE_COMPLETE', request.token);
      });
    }
    this.#at(stack, end + 2300, () => this.#rootEvent(stack, 'ROLLBACK_COMPLETE', request.token));
  }

  #scriptUpdate(stack: FakeStack, request: StackRequest, body: string): void {
    const before = { body: stack.body, template: stack.template, parameters: stack.parameters };
    const template: FakeTemplate = JSON.parse(body);
    const moved = JSON.stringify(request.parameters) !== JSON.stringify(stack.parameters);
    const changed = Object.keys(template.Resources).filter((id) => {
      const live = stack.resources.get(id);
      if (live === undefined || !live.status.endsWith('_COMPLETE') || live.status === 'DELETE_COMPLETE') return true;
      const text = JSON.stringify(template.Resources[id]);
      if (text !== JSON.stringify(stack.template.Resources[id])) return true;
      return moved && text.includes('"Ref"');
    });
    const gone = Object.keys(stack.template.Resources).filter((id) => template.Resources[id] === undefined);
    Object.assign(stack, { body, template, parameters: request.parameters });
    const { end, failed } = this.#scriptResources(stack, changed, 'UPDATE', request.token);
    if (failed === undefined) {
      this.#at(stack, end + 300, () => this.#rootEvent(stack, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', request.token));
      for (const id of gone)
        this.#at(stack, end + 4000, () => this.#event(stack, id, 'DELETE_COMPLETE', request.token));
      this.#at(stack, end + 4300, () => this.#rootEvent(stack, 'UPDATE_COMPLETE', request.token));
      return;
    }
    const reason = `The following resource(s) failed to update: [${failed}].`;
    if (request.onFailure === 'keep') {
      this.#at(stack, end + 300, () => this.#rootEvent(stack, 'UPDATE_FAILED', request.token, reason));
      return;
    }
    this.#at(stack, end + 300, () => this.#rootEvent(stack, 'UPDATE_ROLLBACK_IN_PROGRESS', request.token, reason));
    if (this.rollbackFails.has(stack.name)) {
      this.#at(stack, end + 3000, () => this.#rootEvent(stack, 'UPDATE_ROLLBACK_FAILED', request.token, 'no way back'));
      return;
    }
    for (const id of changed) {
      this.#at(stack, end + 3000, () => {
        const existed = before.template.Resources[id] !== undefined;
        this.#event(stack, id, existed ? 'UPDATE_COMPLETE' : 'DELETE_COMPLETE', request.token);
      });
    }
    this.#at(stack, end + 3300, () => {
      Object.assign(stack, before);
      this.#rootEvent(stack, 'UPDATE_ROLLBACK_COMPLETE', request.token);
    });
  }

  /** All of them side by side; the first that fails stops those that still run. */
  #scriptResources(stack: FakeStack, ids: readonly string[], verb: 'CREATE' | 'UPDATE', token: string) {
    const start = this.#clock.now() + 500;
    const plan = ids.map((id, index) => {
      const resource = stack.template.Resources[id];
      const existing = stack.resources.get(id);
      const create = verb === 'CREATE' || existing === undefined || existing.status === 'CREATE_FAILED';
      const type = resource?.Type ?? '';
      const reason = this.failing.get(`${stack.name}/${id}`) ?? this.#missing(stack, resource);
      return { id, type, create, end: start + (seconds[type] ?? 10) * 1000 + index * 37, reason };
    });
    const firstFailure = plan.filter(({ reason }) => reason !== undefined).sort((a, b) => a.end - b.end)[0];
    let end = start;
    for (const { id, type, create, end: natural, reason } of plan) {
      const word = create ? 'CREATE' : 'UPDATE';
      const cancelled = firstFailure !== undefined && natural > firstFailure.end;
      const at = cancelled ? firstFailure.end + 100 : natural;
      end = Math.max(end, at);
      this.#at(stack, start, () => {
        stack.resources.set(id, { ...stack.resources.get(id), type, status: `${word}_IN_PROGRESS` });
        this.#event(stack, id, `${word}_IN_PROGRESS`, token);
      });
      this.#at(stack, at, () => {
        if (cancelled) this.#event(stack, id, `${word}_FAILED`, token, 'Resource creation cancelled');
        else if (reason !== undefined) this.#event(stack, id, `${word}_FAILED`, token, reason);
        else {
          this.#make(stack, id, create);
          this.#event(stack, id, `${word}_COMPLETE`, token);
        }
      });
    }
    return { end, failed: firstFailure?.id };
  }

  /** Code that is not in the bucket, and bucket names that are taken, fail as in the service. */
  #missing(stack: FakeStack, resource: FakeResource | undefined): string | undefined {
    const { Code, BucketName } = resource?.Properties ?? {};
    if (resource?.Type === 'AWS::S3::Bucket' && typeof BucketName === 'string' && this.#s3.buckets.has(BucketName)) {
      return `${BucketName} already exists`;
    }
    if (typeof Code !== 'object' || Code === null || !('S3Key' in Code) || !('S3Bucket' in Code)) return undefined;
    const bucket = this.#value(stack, Code.S3Bucket);
    return this.#s3.read(bucket, String(Code.S3Key)) === undefined ? 'The specified key does not exist.' : undefined;
  }

  #make(stack: FakeStack, id: string, create: boolean): void {
    const resource = stack.resources.get(id);
    if (resource === undefined) return;
    const name = stack.template.Resources[id]?.Properties.BucketName;
    if (create) resource.physicalId = typeof name === 'string' ? name : `${stack.name}-${id}-${++this.#serial}`;
    if (resource.type === 'AWS::S3::Bucket' && resource.physicalId !== undefined && create) {
      this.#s3.buckets.set(resource.physicalId, new Map());
    }
  }

  #unmake(resource: Running): void {
    if (resource.type === 'AWS::S3::Bucket' && resource.physicalId !== undefined) {
      this.#s3.buckets.delete(resource.physicalId);
    }
  }

  #value(stack: FakeStack, value: unknown): string {
    if (typeof value !== 'object' || value === null) return String(value);
    if ('Ref' in value) {
      const name = String(value.Ref);
      return stack.parameters[name] ?? stack.resources.get(name)?.physicalId ?? '';
    }
    return JSON.stringify(value);
  }

  #description(stack: FakeStack): StackDescription {
    const outputs = Object.entries(stack.template.Outputs ?? {}).map(([key, { Value }]) => [
      key,
      this.#value(stack, Value),
    ]);
    return {
      stackId: stack.id,
      name: stack.name,
      status: stack.status,
      ...(stack.reason === undefined ? {} : { reason: stack.reason }),
      updatedAt: new Date(stack.updatedAt).toISOString(),
      outputs: Object.fromEntries(outputs),
      parameters: stack.parameters,
      tags: stack.tags,
    };
  }

  #at(stack: FakeStack, at: number, happen: () => void): void {
    stack.script.push({ at, happen });
    stack.script.sort((a, b) => a.at - b.at);
  }

  #passTime(): void {
    for (const stack of this.stacks) {
      for (let next = stack.script[0]; next !== undefined && next.at <= this.#clock.now(); next = stack.script[0]) {
        stack.script.shift();
        this.#moment = next.at;
        next.happen();
        this.#moment = undefined;
      }
    }
  }

  #moment: number | undefined;

  #rootEvent(stack: FakeStack, status: string, token: string, reason?: string): void {
    stack.status = status;
    if (reason === undefined) delete stack.reason;
    else stack.reason = reason;
    stack.updatedAt = this.#moment ?? this.#clock.now();
    this.#push(stack, {
      logicalId: stack.name,
      resourceType: 'AWS::CloudFormation::Stack',
      physicalId: stack.id,
      root: true,
      status,
      token,
      ...(reason === undefined ? {} : { reason }),
    });
  }

  #event(stack: FakeStack, logicalId: string, status: string, token: string, reason?: string): void {
    const resource = stack.resources.get(logicalId);
    if (resource === undefined) return;
    resource.status = status;
    if (reason === undefined) delete resource.reason;
    else resource.reason = reason;
    const { type: resourceType, physicalId } = resource;
    this.#push(stack, {
      logicalId,
      resourceType,
      root: false,
      status,
      token,
      ...(physicalId === undefined ? {} : { physicalId }),
      ...(reason === undefined ? {} : { reason }),
    });
  }

  #push(stack: FakeStack, event: Omit<StackEvent, 'eventId' | 'at'>): void {
    const at = new Date(this.#moment ?? this.#clock.now()).toISOString();
    stack.events.push({ eventId: `event-${++this.#serial}`, at, ...event });
  }
}
