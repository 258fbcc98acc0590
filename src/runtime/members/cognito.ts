import type * as Cognito from '@aws-sdk/client-cognito-identity-provider';
import { tenantClaim } from '../caller.ts';
import type { PoolUser, UserPool } from './user-pool.ts';

/**
 * The user pool on Amazon Cognito. Users are named by their `sub`, which every operation takes for users of the pool's
 * own. https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUser.html
 */
export function cognitoUserPool(client: Cognito.CognitoIdentityProvider, UserPoolId: string): UserPool {
  return {
    async find(user) {
      const found = await unlessGone(client.adminGetUser({ UserPoolId, Username: user }));
      return found && readUser(found.UserAttributes);
    },

    async invite(address) {
      const account = {
        UserPoolId,
        Username: address,
        UserAttributes: [
          { Name: 'email', Value: address },
          // Who signs in with the password that is mailed there reads the mail.
          { Name: 'email_verified', Value: 'true' },
        ],
        DesiredDeliveryMediums: ['EMAIL' as const],
      };
      const known = await unlessGone(client.adminGetUser({ UserPoolId, Username: address }));
      if (known === undefined) await unless('UsernameExistsException', client.adminCreateUser(account));
      else if (known.UserStatus === 'FORCE_CHANGE_PASSWORD') {
        const again = client.adminCreateUser({ ...account, MessageAction: 'RESEND' });
        await unless('UnsupportedUserStateException', again);
      }
    },

    async setTenant(user, tenant) {
      const UserAttributes = [{ Name: tenantClaim, Value: tenant ?? '' }];
      const told = client.adminUpdateUserAttributes({ UserPoolId, Username: user, UserAttributes });
      await (tenant === undefined ? unlessGone(told) : told);
    },

    async groupsOf(user) {
      const groups: string[] = [];
      let NextToken: string | undefined;
      do {
        const page = await unlessGone(
          client.adminListGroupsForUser({ UserPoolId, Username: user, ...(NextToken && { NextToken }) }),
        );
        groups.push(...(page?.Groups ?? []).flatMap(({ GroupName }) => GroupName ?? []));
        NextToken = page?.NextToken;
      } while (NextToken !== undefined);
      return groups;
    },

    async join(user, group) {
      await client.adminAddUserToGroup({ UserPoolId, Username: user, GroupName: group });
    },

    async leave(user, group) {
      await unlessGone(client.adminRemoveUserFromGroup({ UserPoolId, Username: user, GroupName: group }));
    },

    async signOut(user) {
      await unlessGone(client.adminUserGlobalSignOut({ UserPoolId, Username: user }));
    },
  };
}

function readUser(attributes: Cognito.AttributeType[] | undefined): PoolUser {
  const value = (name: string) => attributes?.find(({ Name }) => Name === name)?.Value;
  const email = value('email');
  const tenant = value(tenantClaim);
  return {
    ...(email !== undefined && value('email_verified') === 'true' ? { verifiedEmail: email } : {}),
    ...(tenant ? { tenant } : {}),
  };
}

function unlessGone<Output>(call: Promise<Output>): Promise<Output | undefined> {
  return unless('UserNotFoundException', call);
}

/** Undefined where the service answers with this error. */
async function unless<Output>(name: string, call: Promise<Output>): Promise<Output | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Error && error.name === name) return undefined;
    throw error;
  }
}
