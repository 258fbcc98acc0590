import { durationSeconds } from '../blueprint/duration.ts';
import { kebabCase } from '../blueprint/naming.ts';
import { attribute, type LayerContent, metadata, ref } from './layer.ts';
import { tenantClaim } from './model.ts';
import { pascal } from './names.ts';
import type { Scope } from './scope.ts';
import type { CompileProblem } from './stack.ts';
import type { TemplateResource, TemplateValue } from './template.ts';
import { writeMembers } from './written.ts';

type Auth = NonNullable<Scope['blueprint']['auth']>;

/** Outputs of the layer, and parameters of the stacks that need them. */
export const userPoolParameter = 'UserPoolId';
export const userPoolArnParameter = 'UserPoolArn';
export const userPoolClientParameter = 'UserPoolClientId';

const poolId = 'UserPool';
const clientId = 'UserPoolClient';

const mfaModes = { off: 'OFF', optional: 'OPTIONAL', required: 'ON' } as const;

/** What users may change about themselves. `custom:tenant_id` is not here: it decides whose rows they see. */
const ownAttributes = ['email', 'family_name', 'given_name', 'locale', 'name', 'picture', 'zoneinfo'];

/** The user pool, its one client (for browsers and apps, so without a secret), and a group for each role. */
export function cognito(scope: Scope): LayerContent {
  const { auth } = scope.blueprint;
  if (auth === undefined) return { resources: [] };
  const resources: Record<string, TemplateResource> = {
    [poolId]: userPool(scope, auth),
    [clientId]: userPoolClient(scope, auth),
  };
  for (const [position, role] of auth.roles.entries()) {
    resources[`${pascal(role)}Group`] = {
      Type: 'AWS::Cognito::UserPoolGroup',
      Metadata: metadata(`${kebabCase(role)}-group`, 'auth.roles'),
      // The first role wins where a user has several.
      Properties: { UserPoolId: ref(poolId), GroupName: role, Precedence: position },
    };
  }
  return {
    resources: [writeMembers(resources)],
    outputs: {
      [userPoolParameter]: { Description: 'The user pool', Value: ref(poolId) },
      [userPoolArnParameter]: { Description: 'The user pool’s ARN', Value: attribute(poolId, 'Arn') },
      [userPoolClientParameter]: {
        Description: 'The client that browsers and apps sign in with',
        Value: ref(clientId),
      },
    },
    problems: tokenProblems(auth),
  };
}

function userPool(scope: Scope, auth: Auth): TemplateResource {
  return {
    Type: 'AWS::Cognito::UserPool',
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Metadata: metadata(`${scope.slug}-users`, 'auth'),
    Properties: {
      UserPoolName: `backdrift-${scope.slug}-${scope.environment}`.slice(0, 128),
      UserPoolTier: auth.plan.toUpperCase(),
      // These two can never be changed: an email is the name, whatever its case.
      UsernameAttributes: ['email'],
      UsernameConfiguration: { CaseSensitive: false },
      Schema: schema(scope),
      AutoVerifiedAttributes: ['email'],
      UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
      Policies: {
        PasswordPolicy: {
          MinimumLength: auth.password.min_length,
          RequireLowercase: true,
          RequireUppercase: true,
          RequireNumbers: true,
          RequireSymbols: auth.password.symbols,
          TemporaryPasswordValidityDays: 7,
        },
      },
      MfaConfiguration: mfaModes[auth.mfa],
      ...(auth.mfa === 'off' ? {} : { EnabledMfas: ['SOFTWARE_TOKEN_MFA'] }),
      ...(auth.plan === 'plus' ? { UserPoolAddOns: { AdvancedSecurityMode: 'ENFORCED' } } : {}),
      DeletionProtection: 'ACTIVE',
    },
  };
}

/**
 * Complete entries from the first day: an entry without AttributeDataType is created without complaint, and then every
 * later update of the pool fails. https://github.com/aws-amplify/amplify-backend/issues/3299
 */
function schema({ blueprint }: Scope): TemplateValue {
  const email = {
    Name: 'email',
    AttributeDataType: 'String',
    DeveloperOnlyAttribute: false,
    Mutable: true,
    Required: true,
    StringAttributeConstraints: { MinLength: '0', MaxLength: '2048' },
  };
  if (blueprint.tenancy.mode === 'single_tenant') return [email];
  return [
    email,
    {
      Name: tenantClaim.slice('custom:'.length),
      AttributeDataType: 'String',
      DeveloperOnlyAttribute: false,
      Mutable: true,
      Required: false,
      StringAttributeConstraints: { MinLength: '0', MaxLength: '256' },
    },
  ];
}

function userPoolClient(scope: Scope, auth: Auth): TemplateResource {
  const access = lifetime(auth.tokens.access);
  const id = lifetime(auth.tokens.id);
  const refresh = lifetime(auth.tokens.refresh);
  return {
    Type: 'AWS::Cognito::UserPoolClient',
    Metadata: metadata(`${scope.slug}-client`, 'auth'),
    Properties: {
      UserPoolId: ref(poolId),
      ClientName: 'web',
      GenerateSecret: false,
      ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      SupportedIdentityProviders: ['COGNITO'],
      PreventUserExistenceErrors: 'ENABLED',
      EnableTokenRevocation: true,
      AccessTokenValidity: access.count,
      IdTokenValidity: id.count,
      RefreshTokenValidity: refresh.count,
      TokenValidityUnits: { AccessToken: access.unit, IdToken: id.unit, RefreshToken: refresh.unit },
      ReadAttributes: [
        ...ownAttributes,
        'email_verified',
        ...(scope.blueprint.tenancy.mode === 'multi_tenant' ? [tenantClaim] : []),
      ],
      WriteAttributes: ownAttributes,
    },
  };
}

/** The number and the word for its unit, as Cognito wants them: `30d` is 30 days. */
function lifetime(duration: string): { count: number; unit: 'seconds' | 'minutes' | 'hours' | 'days' } {
  const seconds = durationSeconds(duration);
  if (seconds % oneDay === 0) return { count: seconds / oneDay, unit: 'days' };
  if (seconds % oneHour === 0) return { count: seconds / oneHour, unit: 'hours' };
  if (seconds % 60 === 0) return { count: seconds / 60, unit: 'minutes' };
  return { count: seconds, unit: 'seconds' };
}

const fiveMinutes = 300;
const oneHour = 3600;
const oneDay = 86_400;

/** Cognito's bounds: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html */
function tokenProblems({ tokens }: Auth): CompileProblem[] {
  const bounds = {
    access: { from: fiveMinutes, to: oneDay, text: '5 minutes to 1 day' },
    id: { from: fiveMinutes, to: oneDay, text: '5 minutes to 1 day' },
    refresh: { from: oneHour, to: 3650 * oneDay, text: '1 hour to 3,650 days' },
  } as const;
  const problems: CompileProblem[] = (['access', 'id', 'refresh'] as const)
    .filter((token) => {
      const seconds = durationSeconds(tokens[token]);
      return !(seconds >= bounds[token].from && seconds <= bounds[token].to);
    })
    .map((token) => ({
      code: 'token-lifetime',
      severity: 'error',
      message: `Cognito does not allow ${token} tokens of ${tokens[token]}.`,
      hint: `Choose ${bounds[token].text}.`,
      path: ['auth', 'tokens', token],
    }));
  if (
    problems.length === 0 &&
    durationSeconds(tokens.refresh) < Math.max(durationSeconds(tokens.access), durationSeconds(tokens.id))
  ) {
    problems.push({
      code: 'token-lifetime',
      severity: 'error',
      message: 'Refresh tokens must live at least as long as access and id tokens.',
      hint: `Write refresh: 30d, or shorten the others below ${tokens.refresh}.`,
      path: ['auth', 'tokens', 'refresh'],
    });
  }
  return problems;
}
