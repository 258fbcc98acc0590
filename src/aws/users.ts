import {
  AdminAddUserToGroupCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  AdminRemoveUserFromGroupCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Users } from '../deployment/ports.ts';
import { tenantClaim } from '../stacks/model.ts';
import { type ClientSettings, clientConfig, observer, observerPlace } from './clients.ts';
import { errorCode, toFailure } from './failures.ts';

/** Users of Cognito user pools and the groups they are in. */
export function users(settings: ClientSettings): Users & { close(): void } {
  const client = new CognitoIdentityProviderClient(clientConfig(settings));
  client.middlewareStack.add(observer(settings.onCall), observerPlace);
  return {
    async find(UserPoolId, email) {
      try {
        const { Username: name = '', UserAttributes } = await client.send(
          new AdminGetUserCommand({ UserPoolId, Username: email }),
        );
        const tenant = UserAttributes?.find(({ Name }) => Name === tenantClaim)?.Value;
        return { status: 'found', user: { name, ...(tenant ? { tenant } : {}) } };
      } catch (error) {
        return errorCode(error) === 'UserNotFoundException' ? { status: 'absent' } : toFailure(error);
      }
    },
    async groups(UserPoolId, Username) {
      const names: string[] = [];
      let NextToken: string | undefined;
      try {
        do {
          const page = await client.send(
            new AdminListGroupsForUserCommand({ UserPoolId, Username, ...(NextToken && { NextToken }) }),
          );
          names.push(...(page.Groups ?? []).flatMap(({ GroupName }) => GroupName ?? []));
          NextToken = page.NextToken;
        } while (NextToken !== undefined);
        return { status: 'found', names };
      } catch (error) {
        return toFailure(error);
      }
    },
    addToGroup: (UserPoolId, Username, GroupName) =>
      changed(client.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName }))),
    removeFromGroup: (UserPoolId, Username, GroupName) =>
      changed(client.send(new AdminRemoveUserFromGroupCommand({ UserPoolId, Username, GroupName }))),
    close: () => client.destroy(),
  };
}

async function changed(call: Promise<unknown>): ReturnType<Users['addToGroup']> {
  try {
    await call;
    return { status: 'done' };
  } catch (error) {
    // Pool and user were there a moment ago: what is missing is the group.
    return errorCode(error) === 'ResourceNotFoundException' ? { status: 'no-group' } : toFailure(error);
  }
}
