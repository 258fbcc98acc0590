import { type LocalAws, startLocalAws } from '../../local-aws/local-aws.ts';
import { type MotoServer, startMoto } from './moto-server.ts';

/** A local AWS of one suite's own, with a moto behind it. */
export interface SuiteAws {
  endpoint: string;
  /** Seconds of real time a second of service time. */
  setScale(scale: number): Promise<void>;
  /** Requests since the last time it was asked, by `service.Operation`. */
  takeCalls(): Promise<Record<string, number>>;
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** Undefined where moto is not installed. */
export async function startSuiteAws(scale = 0): Promise<SuiteAws | undefined> {
  const moto: MotoServer | undefined = await startMoto();
  if (moto === undefined) return undefined;
  let local: LocalAws;
  try {
    local = await startLocalAws({ port: 0, scale, moto: moto.endpoint });
  } catch (error) {
    await moto.stop();
    throw error;
  }
  const control = async (method: string, path: string, body?: string): Promise<string> => {
    const answer = await fetch(`${local.url}/_local/${path}`, { method, ...(body === undefined ? {} : { body }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text;
  };
  return {
    endpoint: local.url,
    setScale: async (next) => void (await control('POST', 'scale', JSON.stringify({ scale: next }))),
    async takeCalls() {
      const calls: Record<string, number> = JSON.parse(await control('GET', 'calls'));
      await control('DELETE', 'calls');
      return calls;
    },
    reset: async () => void (await control('POST', 'reset')),
    async stop() {
      await local.stop();
      await moto.stop();
    },
  };
}
