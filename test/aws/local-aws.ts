import { localAwsFor } from './support/local-aws.ts';

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

/** For a suite's `before` hook: the suite is skipped where there is no moto. */
export async function startSuiteAws(context: Mocha.Context, scale = 0): Promise<SuiteAws> {
  const local = await localAwsFor(context, { scale });
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
    stop: () => local.stop(),
  };
}
