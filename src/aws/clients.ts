import type { fromEnv } from '@aws-sdk/credential-providers';

/** Gives credentials when asked; asks their source again when they have expired. */
export type CredentialSource = ReturnType<typeof fromEnv>;

/** One request to AWS, as it went over the wire; a retry is a call of its own. Never holds what was sent. */
export interface AwsCall {
  service: string;
  operation: string;
  milliseconds: number;
  /** Name of the error; absent when it succeeded. */
  error?: string;
}

/** What every client is made with. */
export interface ClientSettings {
  region: string;
  credentials: CredentialSource;
  /** Absent: the SDK decides, AWS_ENDPOINT_URL included. */
  endpoint?: string;
  /** Attempts of the SDK itself; the engine has its own on top where a call may be sent twice. */
  maxAttempts: number;
  onCall?: (call: AwsCall) => void;
}

/** The constructor's argument for any client of the SDK. */
export function clientConfig(settings: ClientSettings) {
  return {
    region: settings.region,
    credentials: settings.credentials,
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
    maxAttempts: settings.maxAttempts,
    // The defaults wait without end; a lost connection would hold a deployment for a quarter of an hour.
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000 },
    customUserAgent: 'backdrift',
  };
}

/** Where the observer stands: after signing and retrying, so that it sees each request as it goes out. */
export const observerPlace = { step: 'deserialize', name: 'backdriftObserver', priority: 'high' } as const;

/** A middleware for any client that tells `onCall` of every request. */
export function observer(onCall: ClientSettings['onCall'] = () => {}) {
  return <Args, Result>(
    next: (args: Args) => Promise<Result>,
    context: { clientName?: string; commandName?: string },
  ) =>
    async (args: Args): Promise<Result> => {
      const began = performance.now();
      const service = (context.clientName ?? '').replace(/Client$/, '');
      const operation = (context.commandName ?? '').replace(/Command$/, '');
      try {
        const result = await next(args);
        onCall({ service, operation, milliseconds: performance.now() - began });
        return result;
      } catch (error) {
        const name = error instanceof Error ? error.name : 'Unknown';
        onCall({ service, operation, milliseconds: performance.now() - began, error: name });
        throw error;
      }
    };
}
