import type { Server } from 'node:http';
import { createCallCounts } from './call-counts.ts';
import { createScaledClock } from './clock.ts';
import { createCloudFormation } from './cloudformation/service.ts';
import { type Compose, compose as shippedParts } from './compose.ts';
import type { Control } from './control.ts';
import { DatabaseTurns } from './database-turns.ts';
import type { Log } from './log.ts';
import { type Moto, startMoto, useMoto } from './moto.ts';
import { createMotoServices, noServices } from './moto-client.ts';
import { createLocalServer } from './server.ts';

/** moto's own default account. */
const account = '123456789012';

export interface LocalAwsOptions {
  /** On 127.0.0.1. 0 takes a free one. */
  readonly port: number;
  /** Seconds of real time a second of service time: 1 lifelike, 0 instant. */
  readonly scale: number;
  /** The address of a moto server; `auto` starts one (the default); `none` does without. */
  readonly moto?: string;
  readonly log?: Log;
  /** For tests: other parts than those that are shipped. */
  readonly compose?: Compose;
}

export interface LocalAws {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** Undefined when there is no moto. */
  readonly motoVersion: string | undefined;
  /** Loads what the first deployment needs: some seconds of work, during which requests are answered. */
  warmUp(): Promise<void>;
  /** Ends everything that was started. */
  stop(): Promise<void>;
}

/**
 * Starts a local AWS on loopback.
 * @throws Error with one sentence saying what to do, when the port is taken or the given moto does not answer.
 */
export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const log = options.log ?? (() => {});
  const moto = await chosenMoto(options.moto ?? 'auto', log);
  try {
    return await serve(options, moto, log);
  } catch (error) {
    await moto?.stop();
    throw error;
  }
}

async function chosenMoto(choice: string, log: Log): Promise<Moto | undefined> {
  if (choice !== 'auto' && choice !== 'none') return useMoto(choice);
  const moto = choice === 'auto' ? await startMoto(log) : undefined;
  if (!moto) {
    log(
      'Local AWS runs without moto: deployments go through, buckets and frontends are real, and every other resource is a stub that exists in its stack alone. The deployed API does not answer.',
    );
    if (choice === 'auto')
      log('To get the services as well: pip install "moto[server]==5.2.1", or install uv or Docker.');
  }
  return moto;
}

async function serve(options: LocalAwsOptions, moto: Moto | undefined, log: Log): Promise<LocalAws> {
  let url = '';
  const clock = createScaledClock(options.scale);
  const motoEndpoint = moto?.endpoint;
  const composeParts = () => (options.compose ?? shippedParts)({ motoEndpoint, selfUrl: () => url, log });
  let parts = composeParts();
  const stopParts = async () => {
    for (const handler of parts.handlers) await handler.stop?.();
  };
  const cloudFormation = createCloudFormation({
    account,
    clock,
    log,
    providers: () => parts.providers,
    services: moto
      ? createMotoServices(moto.endpoint)
      : { ...noServices, readObject: (...location) => (parts.readObject ?? noServices.readObject)(...location) },
  });
  const control: Control = {
    moto: moto?.version,
    clock,
    calls: createCallCounts(),
    mailbox: () => parts.mailbox,
    throttling: () => parts.throttling,
    denials: () => parts.authority?.denials,
    async reset() {
      await cloudFormation.reset();
      await stopParts();
      parts = composeParts();
      if (moto) await fetch(`${moto.endpoint}/moto-api/reset`, { method: 'POST' });
      control.calls.clear();
    },
  };
  const server = createLocalServer({
    control,
    cloudFormation,
    handlers: () => parts.handlers,
    frontDoor: () => parts.frontDoor,
    cors: () => parts.cors,
    motoEndpoint,
    databaseTurns: new DatabaseTurns(),
    log,
  });
  const port = await listen(server, options.port);
  url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    motoVersion: moto?.version,
    warmUp: async () => parts.warmUp?.(),
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await cloudFormation.reset();
      server.closeAllConnections();
      await closed;
      await stopParts();
      await moto?.stop();
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const code = 'code' in error ? error.code : undefined;
      const taken = `Port ${port} is taken. Stop what listens there, or start Local AWS with another --port.`;
      reject(code === 'EADDRINUSE' ? new Error(taken) : error);
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(address && typeof address === 'object' ? address.port : port);
    });
  });
}
