import type { Aws } from '../providers/aws.ts';
import { jsonCall } from '../providers/service-call.ts';

/**
 * UpdateUserPool, with what can never change said once more: moto forgets it at an update that does not say it, and the
 * API knows no such parameters. Users would then no longer be found by their email.
 */
export async function updateUserPool(
  aws: Aws,
  region: string,
  input: Record<string, unknown> & { UserPoolId: string },
): Promise<void> {
  const cognito = await aws.cognito(region);
  const { UserPool: pool } = await cognito.describeUserPool({ UserPoolId: input.UserPoolId });
  const target = { service: 'cognito-idp', region, prefix: 'AWSCognitoIdentityProviderService' };
  await jsonCall(aws.endpoint, target, 'UpdateUserPool', {
    ...input,
    ...(pool?.UsernameAttributes && { UsernameAttributes: pool.UsernameAttributes }),
    ...(pool?.UsernameConfiguration && { UsernameConfiguration: pool.UsernameConfiguration }),
    ...(pool?.AliasAttributes && { AliasAttributes: pool.AliasAttributes }),
  });
}
