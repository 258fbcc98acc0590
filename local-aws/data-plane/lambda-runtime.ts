import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { Authority } from '../iam/authority.ts';
import type { Demand } from '../iam/demands/demand.ts';
import { type Aws, localAccount } from '../providers/aws.ts';
import { providerError } from '../providers/failure.ts';
import type { DeployedFunction, DeployedFunctions } from './deployed-functions.ts';
import type { DeployedSettings } from './deployed-settings.ts';
import { functionEnvironment } from './function-environment.ts';
import { LogStream } from './function-logs.ts';
import { FunctionPackages } from './function-package.ts';
import { FunctionPool, type Instance } from './function-pool.ts';
import { FunctionWorker, type Outcome } from './function-worker.ts';
import { consoleLine, reportLines, startLine, timeoutLine } from './log-lines.ts';
import type { FunctionError } from './worker-messages.ts';

export interface LambdaRuntimeOptions {
  aws: Aws;
  settings: DeployedSettings;
  /** What functions get as AWS_ENDPOINT_URL. */
  selfUrl: () => string;
  functions: DeployedFunctions;
  authority: Authority;
  log: (line: string) => void;
}

export type InvocationResult =
  | { kind: 'no-function' }
  /** Deployed in a way that cannot be run here; the message says why. */
  | { kind: 'unusable'; message: string }
  | { kind: 'result'; payload: string; version: string; requestId: string; log: string[] }
  | { kind: 'error'; error: FunctionError; version: string; requestId: string; log: string[] };

/** Runs deployed functions: looks up what moto has of them, keeps workers warm, writes their logs. */
export class LambdaRuntime {
  readonly #options: LambdaRuntimeOptions;
  readonly #packages = new FunctionPackages();
  readonly #pool = new FunctionPool();
  readonly #streams = new Set<LogStream>();

  constructor(options: LambdaRuntimeOptions) {
    this.#options = options;
  }

  /** Whether there is such a function. */
  async exists(region: string, name: string, qualifier?: string): Promise<boolean> {
    return (await this.#options.settings.function(region, name, qualifier)) !== undefined;
  }

  /** The version that a function is called in by a qualifier; undefined when there is none. */
  async versionOf(region: string, name: string, qualifier?: string): Promise<string | undefined> {
    const configuration = await this.#options.settings.function(region, name, qualifier);
    return configuration && (configuration.Version ?? '$LATEST');
  }

  /** Whether the function's role may what the platform is about to do in its name. Nobody may, where it is gone. */
  async permits(region: string, name: string, qualifier: string | undefined, demand: Demand): Promise<boolean> {
    const configuration = await this.#options.settings.function(region, name, qualifier);
    const session = { roleArn: configuration?.Role ?? '', sessionName: name };
    return configuration !== undefined && this.#options.authority.permits(session, demand, region);
  }

  /**
   * `payload` is JSON text. Resolves also when the function fails: that is one of its results. An event that is tried
   * again keeps its request id.
   */
  async invoke(
    region: string,
    name: string,
    qualifier: string | undefined,
    payload: string,
    requestId: string = randomUUID(),
  ): Promise<InvocationResult> {
    const configuration = await this.#options.settings.function(region, name, qualifier);
    if (!configuration) return { kind: 'no-function' };
    const version = configuration.Version ?? '$LATEST';
    const deployed = this.#options.functions.find(region, name, version);
    const problem = unusable(name, configuration, deployed);
    if (problem || !deployed) return { kind: 'unusable', message: problem ?? `The code of ${name} is not known.` };

    const timeout = configuration.Timeout ?? 3;
    const memoryMegabytes = configuration.MemorySize ?? 128;
    const format = deployed.logFormat ?? 'Text';
    const log: string[] = [];
    const answer = (outcome: Exclude<Outcome, { kind: 'timeout' }>): InvocationResult =>
      outcome.kind === 'result'
        ? { kind: 'result', payload: outcome.payload, version, requestId, log }
        : { kind: 'error', error: outcome.error, version, requestId, log };

    const instance = await this.#pool.acquire(`${region}/${name}/${version}`, revision(configuration, deployed), () =>
      this.#start(region, name, version, configuration, deployed),
    );
    if ('error' in instance) return answer({ kind: 'failed', error: instance.error });

    const { worker, stream } = instance;
    const write = (line: string) => {
      log.push(line);
      stream.write(line);
    };
    instance.onLine = write;
    const started = performance.now();
    write(startLine(requestId, version, format));
    const outcome = await worker.invoke({
      requestId,
      payload,
      deadline: Date.now() + timeout * 1000,
      functionName: name,
      functionVersion: version,
      invokedFunctionArn: `arn:aws:lambda:${region}:${localAccount}:function:${name}${qualifier ? `:${qualifier}` : ''}`,
      memoryLimitInMB: String(memoryMegabytes),
      logGroupName: stream.group,
      logStreamName: stream.name,
      traceId: traceId(),
    });
    const durationMillis = performance.now() - started;
    if (outcome.kind === 'timeout') write(timeoutLine(requestId, timeout));
    else if (outcome.kind === 'failed' && !worker.alive) write(`RequestId: ${requestId} ${outcome.error.errorMessage}`);
    const report = {
      requestId,
      durationMillis,
      memoryMegabytes,
      usedMegabytes: Math.min(memoryMegabytes, Math.round(process.memoryUsage().rss / 1024 / 1024)),
      initMillis: instance.fresh ? worker.initMillis : undefined,
      status:
        outcome.kind === 'result'
          ? ('success' as const)
          : outcome.kind === 'failed'
            ? ('error' as const)
            : outcome.kind,
    };
    for (const line of reportLines(report, format)) write(line);
    this.#pool.release(instance);
    if (outcome.kind !== 'timeout') return answer(outcome);
    return answer({
      kind: 'failed',
      error: {
        errorType: 'Sandbox.Timedout',
        errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeout.toFixed(2)} seconds`,
      },
    });
  }

  /** Ends every worker, sends the last log lines, and removes what was unpacked. */
  async stop(): Promise<void> {
    await this.#pool.stop();
    await Promise.all([...this.#streams].map((stream) => stream.flush()));
    await this.#packages.remove();
  }

  async #start(
    region: string,
    name: string,
    version: string,
    configuration: FunctionConfiguration,
    deployed: DeployedFunction,
  ): Promise<Instance | { error: FunctionError }> {
    const { aws, authority, log, selfUrl } = this.#options;
    // Everything that the function does, and that the platform does in its name, is done as its role.
    const session = { roleArn: configuration.Role ?? '', sessionName: name };
    const stream = new LogStream(
      aws,
      {
        region,
        group: deployed.logGroup ?? `/aws/lambda/${name}`,
        version,
        instance: randomBytes(16).toString('hex'),
      },
      (demand) => authority.permits(session, demand, region),
      log,
    );
    this.#streams.add(stream);
    let taskRoot: string;
    try {
      taskRoot = await this.#packages.unpack(await this.#zip(region, configuration, deployed));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      stream.write(message);
      return { error: { errorType: 'Runtime.InvalidPackage', errorMessage: `${name}: ${message}` } };
    }
    const format = deployed.logFormat ?? 'Text';
    const memoryMegabytes = configuration.MemorySize ?? 128;
    const worker = new FunctionWorker({
      taskRoot,
      handler: configuration.Handler ?? '',
      memoryMegabytes,
      environment: functionEnvironment({
        name,
        version,
        region,
        memoryMegabytes,
        taskRoot,
        handler: configuration.Handler ?? '',
        runtime: configuration.Runtime ?? '',
        logGroup: stream.group,
        logStream: stream.name,
        selfUrl: selfUrl(),
        credentials: authority.credentialsOf(session),
        variables: configuration.Environment?.Variables ?? {},
      }),
      onLog: (line) => (instance.onLine ?? ((text) => stream.write(text)))(consoleLine(line, format)),
      onOutput: (text) => {
        for (const line of text.split('\n')) if (line !== '') (instance.onLine ?? ((said) => stream.write(said)))(line);
      },
      onExit: () => {
        this.#pool.drop(instance);
        void stream.flush().then(() => this.#streams.delete(stream));
      },
    });
    const instance: Instance = { worker, stream, fresh: true };
    const error = await worker.ready();
    if (!error) return instance;
    await worker.stop();
    return { error };
  }

  /** The zip, which must still be the one that was deployed: Lambda keeps a copy, here the bucket does. */
  async #zip(region: string, configuration: FunctionConfiguration, { code }: DeployedFunction): Promise<Uint8Array> {
    if (code.from === 'memory') return code.zip;
    const place = `s3://${code.bucket}/${code.key}`;
    const s3 = await this.#options.aws.s3(region);
    let zip: Uint8Array | undefined;
    try {
      const { Body } = await s3.getObject({ Bucket: code.bucket, Key: code.key, VersionId: code.version });
      zip = await Body?.transformToByteArray();
    } catch (error) {
      throw new Error(`The function's code at ${place} cannot be read: ${providerError(error, '').message}`);
    }
    const bytes = zip ?? new Uint8Array();
    const hash = createHash('sha256').update(bytes).digest('base64');
    if (configuration.CodeSha256 && configuration.CodeSha256 !== hash)
      throw new Error(`${place} has changed since the function was deployed. Deploy it again.`);
    return bytes;
  }
}

function unusable(
  name: string,
  configuration: FunctionConfiguration,
  deployed: DeployedFunction | undefined,
): string | undefined {
  if (!configuration.Runtime?.startsWith('nodejs'))
    return `${name} has the runtime ${configuration.Runtime ?? 'of a container image'}; the local AWS runs Node.js functions only.`;
  if (!deployed)
    return `The code of ${name} is not known here: it was deployed past the local AWS's address, straight to the services behind it.`;
  return undefined;
}

/** Everything that a warm worker was started with: when it differs, the worker is of an old deployment. */
function revision(configuration: FunctionConfiguration, deployed: DeployedFunction): string {
  const { CodeSha256, Handler, Runtime, Timeout, MemorySize, Environment, Layers, Role } = configuration;
  const { logGroup, logFormat } = deployed;
  return createHash('sha256')
    .update(
      JSON.stringify([
        CodeSha256,
        Handler,
        Runtime,
        Timeout,
        MemorySize,
        Environment,
        Layers,
        Role,
        logGroup,
        logFormat,
      ]),
    )
    .digest('hex');
}

/** A trace id in X-Ray's form. */
export function traceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')}`;
}
