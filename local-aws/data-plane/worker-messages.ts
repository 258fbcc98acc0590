import * as z from 'zod';

/** What the worker is started with (`workerData`). */
export const WorkerSettings = z.object({
  /** Where the zip was unpacked. */
  taskRoot: z.string(),
  /** `file.export`, as in the function's configuration. */
  handler: z.string(),
  provided: z.array(z.string()),
});
export type WorkerSettings = z.infer<typeof WorkerSettings>;

/** One event for the handler. */
export const Invocation = z.object({
  requestId: z.string(),
  /** JSON text. */
  payload: z.string(),
  /** When the function's time is up, in milliseconds since 1970. */
  deadline: z.number(),
  functionName: z.string(),
  functionVersion: z.string(),
  invokedFunctionArn: z.string(),
  memoryLimitInMB: z.string(),
  logGroupName: z.string(),
  logStreamName: z.string(),
  traceId: z.string(),
});
export type Invocation = z.infer<typeof Invocation>;

/** An error in the form in which Lambda gives it to callers. */
export const FunctionError = z.object({
  errorType: z.string().optional(),
  errorMessage: z.string(),
  trace: z.array(z.string()).optional(),
});
export type FunctionError = z.infer<typeof FunctionError>;

/** What the worker says. A worker runs the user's code, so that what it says is checked like any other input. */
export const WorkerMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('init-failed'), error: FunctionError }),
  z.object({
    kind: z.literal('log'),
    time: z.number(),
    level: z.enum(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR']),
    requestId: z.string().optional(),
    text: z.string(),
    /** The one object that was logged, as JSON text: what the JSON log format shows instead of the text. */
    object: z.string().optional(),
  }),
  z.object({ kind: z.literal('result'), requestId: z.string(), payload: z.string() }),
  z.object({ kind: z.literal('failed'), requestId: z.string(), error: FunctionError }),
  z.object({ kind: z.literal('crashed'), error: FunctionError }),
]);
export type WorkerMessage = z.infer<typeof WorkerMessage>;
