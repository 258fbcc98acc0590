import type { Properties } from '../../../local-aws/providers/provider.ts';
import type { Bench } from './bench.ts';
import type { Pool } from './people.ts';

/** A user pool as the product's templates make it: emails are names, tenants are in the token, nobody writes their own. */
export async function deployPool(
  bench: Bench,
  wish: { groups?: readonly string[]; pool?: Properties; client?: Properties } = {},
): Promise<Pool> {
  const ownAttributes = ['email', 'family_name', 'given_name', 'locale', 'name', 'picture', 'zoneinfo'];
  const attribute = { AttributeDataType: 'String', DeveloperOnlyAttribute: false, Mutable: true };
  const pool = await bench.create('AWS::Cognito::UserPool', {
    UsernameAttributes: ['email'],
    UsernameConfiguration: { CaseSensitive: false },
    Schema: [
      {
        ...attribute,
        Name: 'email',
        Required: true,
        StringAttributeConstraints: { MinLength: '0', MaxLength: '2048' },
      },
      {
        ...attribute,
        Name: 'tenant_id',
        Required: false,
        StringAttributeConstraints: { MinLength: '0', MaxLength: '256' },
      },
    ],
    AutoVerifiedAttributes: ['email'],
    UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
    AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
    Policies: {
      PasswordPolicy: {
        MinimumLength: 12,
        RequireLowercase: true,
        RequireUppercase: true,
        RequireNumbers: true,
        RequireSymbols: true,
        TemporaryPasswordValidityDays: 7,
      },
    },
    ...wish.pool,
  });
  const UserPoolId = pool.physicalId;
  const client = await bench.create('AWS::Cognito::UserPoolClient', {
    UserPoolId,
    ClientName: 'web',
    ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    PreventUserExistenceErrors: 'ENABLED',
    EnableTokenRevocation: true,
    AccessTokenValidity: 1,
    IdTokenValidity: 1,
    RefreshTokenValidity: 30,
    TokenValidityUnits: { AccessToken: 'hours', IdToken: 'hours', RefreshToken: 'days' },
    ReadAttributes: [...ownAttributes, 'email_verified', 'custom:tenant_id'],
    WriteAttributes: ownAttributes,
    ...wish.client,
  });
  for (const [Precedence, GroupName] of (wish.groups ?? []).entries())
    await bench.create('AWS::Cognito::UserPoolGroup', { UserPoolId, GroupName, Precedence });
  return { endpoint: bench.url, region: bench.region, userPoolId: UserPoolId, clientId: client.physicalId };
}
