/**
 * The bootstrap of a function: an entry file of its own that runs in a worker thread, loads the handler from the unpacked
 * zip and calls it once per message, as Lambda's Node.js runtime does.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import type { FunctionError, WorkerMessage } from './worker-messages.ts';
import { Invocation, WorkerSettings } from './worker-messages.ts';

const settings = WorkerSettings.parse(workerData);
let current: Invocation | undefined;

function say(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

type Level = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

function log(level: Level, values: unknown[]): void {
  const [first] = values;
  const single = values.length === 1 && typeof first === 'object' && first !== null && !(first instanceof Error);
  const object = single ? jsonOf(first) : undefined;
  say({
    kind: 'log',
    time: Date.now(),
    level,
    ...(current && { requestId: current.requestId }),
    text: format(...values),
    ...(object !== undefined && { object }),
  });
}

/** Undefined where a value has no JSON form (a cycle, a bigint). */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

console.trace = (...values) => log('TRACE', values);
console.debug = (...values) => log('DEBUG', values);
console.log = (...values) => log('INFO', values);
console.info = (...values) => log('INFO', values);
console.warn = (...values) => log('WARN', values);
console.error = (...values) => log('ERROR', values);

/** What was thrown, in Lambda's form; not everything that is thrown is an Error. */
function functionError(thrown: unknown, errorType?: string): FunctionError {
  if (!(thrown instanceof Error)) return { errorType: errorType ?? typeof thrown, errorMessage: format(thrown) };
  return {
    errorType: errorType ?? thrown.name,
    errorMessage: errorType ? `${thrown.name}: ${thrown.message}` : thrown.message,
    trace: (thrown.stack ?? '').split('\n'),
  };
}

function crash(error: FunctionError): void {
  log('ERROR', [`${error.errorType}: ${error.errorMessage}`, error.trace?.join('\n') ?? '']);
  say({ kind: 'crashed', error });
  process.exit(129);
}

process.on('uncaughtException', (thrown) => crash(functionError(thrown, 'Runtime.UnhandledException')));
process.on('unhandledRejection', (thrown) => crash(functionError(thrown, 'Runtime.UnhandledPromiseRejection')));

interface Handler {
  call(event: unknown, context: object, callback: (error: unknown, result?: unknown) => void): unknown;
  /** A handler that declares a third parameter may answer through it, after it has returned. */
  takesCallback: boolean;
}

class InitFailure extends Error {
  readonly detail: FunctionError;
  constructor(detail: FunctionError) {
    super(detail.errorMessage);
    this.detail = detail;
  }
}

/** `dir/file.export` → the file (with the extension that exists) and the export, which may be nested. */
function handlerFile(): { file: string; names: string[] } {
  const slash = settings.handler.lastIndexOf('/') + 1;
  const [stem, ...names] = settings.handler.slice(slash).split('.');
  const module = path.resolve(settings.taskRoot, settings.handler.slice(0, slash), stem ?? '');
  const relative = path.relative(settings.taskRoot, module);
  if (!stem || names.length === 0 || relative.startsWith('..') || path.isAbsolute(relative))
    throw new InitFailure({
      errorType: 'Runtime.MalformedHandlerName',
      errorMessage: `Bad handler '${settings.handler}': it names a file and an export, such as index.handler`,
    });
  const file = ['.js', '.mjs', '.cjs'].map((extension) => module + extension).find((name) => existsSync(name));
  if (!file)
    throw new InitFailure({
      errorType: 'Runtime.ImportModuleError',
      errorMessage: `Error: Cannot find module '${relative}'`,
    });
  return { file, names };
}

function importFailure(thrown: unknown): InitFailure {
  if (thrown instanceof SyntaxError) return new InitFailure(functionError(thrown, 'Runtime.UserCodeSyntaxError'));
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (!/MODULE_NOT_FOUND/.test(code)) return new InitFailure(functionError(thrown));
  const failure = functionError(thrown, 'Runtime.ImportModuleError');
  const missing = /'(@(?:aws-sdk|smithy)\/[^'/]+)/.exec(failure.errorMessage)?.[1];
  if (missing)
    failure.errorMessage =
      `Error: Cannot find package '${missing}'. The local AWS provides ${settings.provided.join(', ')} to functions; ` +
      `bundle '${missing}' into the function's zip.`;
  return new InitFailure(failure);
}

async function loadHandler(): Promise<Handler> {
  const { file, names } = handlerFile();
  let found: unknown;
  try {
    found = await import(pathToFileURL(file).href);
  } catch (thrown) {
    throw importFailure(thrown);
  }
  // A CommonJS module's exports are all on `default`, and by name only where they could be seen without running it.
  const handler = member(found, names) ?? member(member(found, ['default']), names);
  if (typeof handler !== 'function')
    throw new InitFailure({
      errorType: 'Runtime.HandlerNotFound',
      errorMessage: `${settings.handler} is undefined or not exported`,
    });
  return {
    call: (event, context, callback) => Reflect.apply(handler, undefined, [event, context, callback]),
    takesCallback: handler.length >= 3,
  };
}

function member(value: unknown, names: string[]): unknown {
  let found = value;
  for (const name of names) {
    if ((typeof found !== 'object' && typeof found !== 'function') || found === null) return undefined;
    found = Reflect.get(found, name);
  }
  return found;
}

/** Up to Node.js 22, Lambda does not look at what a handler returns unless it is a promise. */
const plainValuesCount = !/nodejs(1\d|2[0-2])\.x$/.test(process.env.AWS_EXECUTION_ENV ?? '');

function isPromise(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** The handler's answer, whichever of its three ways it takes: a value, a promise, or the callback. */
function call(handler: Handler, invocation: Invocation): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const context = {
      callbackWaitsForEmptyEventLoop: true,
      functionName: invocation.functionName,
      functionVersion: invocation.functionVersion,
      invokedFunctionArn: invocation.invokedFunctionArn,
      memoryLimitInMB: invocation.memoryLimitInMB,
      awsRequestId: invocation.requestId,
      logGroupName: invocation.logGroupName,
      logStreamName: invocation.logStreamName,
      getRemainingTimeInMillis: () => Math.max(0, invocation.deadline - Date.now()),
    };
    const callback = (error: unknown, result?: unknown) =>
      error === null || error === undefined ? resolve(result) : reject(error);
    const answer = handler.call(JSON.parse(invocation.payload), context, callback);
    if (isPromise(answer)) resolve(answer);
    else if (!handler.takesCallback) resolve(plainValuesCount ? answer : undefined);
  });
}

async function serve(handler: Handler, given: unknown): Promise<void> {
  const invocation = Invocation.parse(given);
  const { requestId } = invocation;
  current = invocation;
  process.env._X_AMZN_TRACE_ID = invocation.traceId;
  try {
    const payload = resultText(await call(handler, invocation));
    say({ kind: 'result', requestId, payload });
  } catch (thrown) {
    const error = thrown instanceof InitFailure ? thrown.detail : functionError(thrown);
    log('ERROR', ['Invoke Error', JSON.stringify(error)]);
    say({ kind: 'failed', requestId, error });
  } finally {
    current = undefined;
  }
}

function resultText(result: unknown): string {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch (thrown) {
    throw new InitFailure({
      errorType: 'Runtime.MarshalError',
      errorMessage: `Unable to stringify response body: ${thrown instanceof Error ? thrown.message : thrown}`,
    });
  }
}

try {
  const handler = await loadHandler();
  parentPort?.on('message', (message: unknown) => void serve(handler, message));
  say({ kind: 'ready' });
} catch (thrown) {
  const error = thrown instanceof InitFailure ? thrown.detail : functionError(thrown);
  log('ERROR', [`${error.errorType}: ${error.errorMessage}`, error.trace?.join('\n') ?? '']);
  say({ kind: 'init-failed', error });
}
