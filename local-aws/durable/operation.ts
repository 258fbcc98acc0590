import * as z from 'zod';

/** What went wrong, as the durable execution SDK and its callers write it. */
export const DurableError = z.looseObject({
  ErrorMessage: z.string().optional(),
  ErrorType: z.string().optional(),
  ErrorData: z.string().optional(),
  StackTrace: z.array(z.string()).optional(),
});
export type DurableError = z.infer<typeof DurableError>;

/** A change of one operation, as a checkpoint brings it. */
export const OperationUpdate = z.looseObject({
  Id: z.string().min(1),
  ParentId: z.string().nullish(),
  Name: z.string().nullish(),
  Type: z.enum(['EXECUTION', 'CONTEXT', 'STEP', 'WAIT', 'CALLBACK', 'CHAINED_INVOKE']),
  SubType: z.string().nullish(),
  Action: z.enum(['START', 'SUCCEED', 'FAIL', 'RETRY', 'CANCEL']),
  Payload: z.string().nullish(),
  Error: DurableError.nullish(),
  ContextOptions: z.looseObject({ ReplayChildren: z.boolean().nullish() }).nullish(),
  StepOptions: z.looseObject({ NextAttemptDelaySeconds: z.number().nullish() }).nullish(),
  WaitOptions: z.looseObject({ WaitSeconds: z.number().nullish() }).nullish(),
  CallbackOptions: z
    .looseObject({ TimeoutSeconds: z.number().nullish(), HeartbeatTimeoutSeconds: z.number().nullish() })
    .nullish(),
  ChainedInvokeOptions: z.looseObject({ FunctionName: z.string() }).nullish(),
});
export type OperationUpdate = z.infer<typeof OperationUpdate>;

export type OperationStatus =
  | 'STARTED'
  | 'PENDING'
  | 'READY'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'CANCELLED'
  | 'TIMED_OUT'
  | 'STOPPED';

/** One operation of an execution. Times are milliseconds since 1970; the wire has its own forms of them. */
export interface Operation {
  id: string;
  parentId?: string;
  name?: string;
  type: OperationUpdate['Type'];
  subType?: string;
  status: OperationStatus;
  started: number;
  ended?: number;
  input?: string;
  result?: string;
  error?: DurableError;
  /** Attempts that are over. */
  attempt?: number;
  /** When the next attempt begins, or the wait is over. */
  due?: number;
  replayChildren?: boolean;
  callback?: { id: string; timeoutSeconds?: number; heartbeatSeconds?: number };
  /** What a chained invocation calls. */
  invokes?: { functionName: string; payload: string };
}

/**
 * An operation after an update. Undefined: the update makes no sense for it (a success of what was never begun is taken;
 * a change of what has ended is not).
 */
export function updated(
  before: Operation | undefined,
  update: OperationUpdate,
  now: number,
  newCallbackId: () => string,
): Operation | undefined {
  if (before !== undefined && hasEnded(before)) return undefined;
  const base: Operation = before ?? {
    id: update.Id,
    ...(update.ParentId && { parentId: update.ParentId }),
    ...(update.Name && { name: update.Name }),
    type: update.Type,
    ...(update.SubType && { subType: update.SubType }),
    status: 'STARTED',
    started: now,
  };
  const payload = update.Payload ?? undefined;
  switch (update.Action) {
    case 'START':
      return begun(base, update, now, newCallbackId);
    case 'SUCCEED':
      return {
        ...base,
        status: 'SUCCEEDED',
        ended: now,
        ...(payload !== undefined && { result: payload }),
        ...(update.ContextOptions?.ReplayChildren && { replayChildren: true }),
      };
    case 'FAIL':
      return {
        ...base,
        status: 'FAILED',
        ended: now,
        ...(update.Error && { error: update.Error }),
        ...(update.ContextOptions?.ReplayChildren && { replayChildren: true }),
        ...(base.type === 'STEP' && { attempt: (base.attempt ?? 0) + 1 }),
      };
    case 'RETRY':
      return {
        ...base,
        status: 'PENDING',
        attempt: (base.attempt ?? 0) + 1,
        due: now + (update.StepOptions?.NextAttemptDelaySeconds ?? 1) * 1000,
        ...(payload !== undefined && { result: payload }),
        ...(update.Error && { error: update.Error }),
      };
    case 'CANCEL':
      return { ...base, status: 'CANCELLED', ended: now };
  }
}

function begun(base: Operation, update: OperationUpdate, now: number, newCallbackId: () => string): Operation {
  const operation: Operation = { ...base, status: 'STARTED' };
  delete operation.due;
  if (update.Type === 'WAIT') operation.due = now + (update.WaitOptions?.WaitSeconds ?? 0) * 1000;
  if (update.Type === 'CALLBACK') {
    const { TimeoutSeconds: timeout, HeartbeatTimeoutSeconds: heartbeat } = update.CallbackOptions ?? {};
    operation.callback = {
      id: newCallbackId(),
      ...(timeout && { timeoutSeconds: timeout }),
      ...(heartbeat && { heartbeatSeconds: heartbeat }),
    };
  }
  if (update.Type === 'CHAINED_INVOKE')
    operation.invokes = {
      functionName: update.ChainedInvokeOptions?.FunctionName ?? '',
      payload: update.Payload ?? '{}',
    };
  return operation;
}

export function hasEnded({ status }: Operation): boolean {
  return !['STARTED', 'PENDING', 'READY'].includes(status);
}

/** An operation as the wire has it; `time` writes a time: ISO 8601 in an event, seconds since 1970 in the API. */
export function onWire(operation: Operation, time: (milliseconds: number) => string | number): object {
  const { type, result, error, attempt, due } = operation;
  const outcome = { ...(result !== undefined && { Result: result }), ...(error && { Error: error }) };
  return {
    Id: operation.id,
    ...(operation.parentId && { ParentId: operation.parentId }),
    ...(operation.name && { Name: operation.name }),
    Type: type,
    ...(operation.subType && { SubType: operation.subType }),
    StartTimestamp: time(operation.started),
    ...(operation.ended !== undefined && { EndTimestamp: time(operation.ended) }),
    Status: operation.status,
    ...(type === 'EXECUTION' && { ExecutionDetails: { InputPayload: operation.input } }),
    ...(type === 'CONTEXT' && {
      ContextDetails: { ...outcome, ...(operation.replayChildren && { ReplayChildren: true }) },
    }),
    ...(type === 'STEP' && {
      StepDetails: {
        ...(attempt !== undefined && { Attempt: attempt }),
        ...(operation.status === 'PENDING' && due !== undefined && { NextAttemptTimestamp: time(due) }),
        ...outcome,
      },
    }),
    ...(type === 'WAIT' && { WaitDetails: due === undefined ? {} : { ScheduledEndTimestamp: time(due) } }),
    ...(type === 'CALLBACK' && { CallbackDetails: { CallbackId: operation.callback?.id, ...outcome } }),
    ...(type === 'CHAINED_INVOKE' && { ChainedInvokeDetails: outcome }),
  };
}
