import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { IdentitySource } from '../deployment/ports.ts';
import { type ClientSettings, clientConfig, observer, observerPlace } from './clients.ts';
import { toFailure } from './failures.ts';

/**
 * Who the credentials belong to, as the security token service sees it. `endpoint` is where the last call went when
 * that was not AWS: whatever redirected it (environment, configuration file) redirects the other services as well.
 */
export function identitySource(
  settings: ClientSettings,
): IdentitySource & { endpoint(): string | undefined; close(): void } {
  const client = new STSClient(clientConfig(settings));
  client.middlewareStack.add(observer(settings.onCall), observerPlace);
  let endpoint: string | undefined;
  client.middlewareStack.add(
    (next) => (args) => {
      endpoint = elsewhere(args.request);
      return next(args);
    },
    { step: 'deserialize', name: 'backdriftEndpoint' },
  );
  return {
    async whoAmI() {
      try {
        const { Account, Arn } = await client.send(new GetCallerIdentityCommand({}));
        if (Account === undefined || Arn === undefined) {
          return { status: 'rejected', code: 'NoIdentity', message: 'The security token service named no account.' };
        }
        return { status: 'found', identity: { account: Account, arn: Arn } };
      } catch (error) {
        return toFailure(error);
      }
    },
    endpoint: () => endpoint,
    close: () => client.destroy(),
  };
}

/** Where a request goes, unless to a host of AWS itself. */
function elsewhere(request: unknown): string | undefined {
  if (typeof request !== 'object' || request === null || !('hostname' in request)) return undefined;
  const host = String(request.hostname);
  if (/\.(amazonaws\.com|api\.aws)(\.cn)?$/.test(host)) return undefined;
  const protocol = 'protocol' in request ? String(request.protocol) : 'https:';
  const port = 'port' in request && typeof request.port === 'number' ? `:${request.port}` : '';
  return `${protocol}//${host}${port}`;
}
