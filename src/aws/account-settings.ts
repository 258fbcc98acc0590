import { APIGatewayClient, GetAccountCommand } from '@aws-sdk/client-api-gateway';
import type { AccountSettings } from '../deployment/ports.ts';
import { type ClientSettings, clientConfig, observer, observerPlace } from './clients.ts';
import { toFailure } from './failures.ts';

/** What holds for the whole account and region and that no stack of a project may own. Only read, never written. */
export function accountSettings(settings: ClientSettings): AccountSettings & { close(): void } {
  const client = new APIGatewayClient(clientConfig(settings));
  client.middlewareStack.add(observer(settings.onCall), observerPlace);
  return {
    async apiGatewayLogs() {
      try {
        const { cloudwatchRoleArn } = await client.send(new GetAccountCommand({}));
        return { status: 'found', enabled: cloudwatchRoleArn !== undefined && cloudwatchRoleArn !== '' };
      } catch (error) {
        return toFailure(error);
      }
    },
    close: () => client.destroy(),
  };
}
