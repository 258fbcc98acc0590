import type * as Cognito from '@aws-sdk/client-cognito-identity-provider';
import * as z from 'zod';
import { updateUserPool } from '../cognito/update-pool.ts';
import type { Aws } from './aws.ts';
import { orUndo } from './failure.ts';
import { changed, flag, passed, text, textMap, texts } from './property.ts';
import { ProviderError, type ResourceProvider } from './provider.ts';

const Attribute = z.looseObject({
  Name: text.optional(),
  AttributeDataType: z.enum(['String', 'Number', 'DateTime', 'Boolean']).optional(),
  Mutable: flag.optional(),
  Required: flag.optional(),
  DeveloperOnlyAttribute: flag.optional(),
  StringAttributeConstraints: z.looseObject({ MinLength: text.optional(), MaxLength: text.optional() }).optional(),
  NumberAttributeConstraints: z.looseObject({ MinValue: text.optional(), MaxValue: text.optional() }).optional(),
});

const UserPool = z.looseObject({
  UserPoolName: text.optional(),
  AccountRecoverySetting: passed<Cognito.AccountRecoverySettingType>().optional(),
  AdminCreateUserConfig: passed<Cognito.AdminCreateUserConfigType>().optional(),
  AliasAttributes: passed<Cognito.AliasAttributeType[]>().optional(),
  AutoVerifiedAttributes: passed<Cognito.VerifiedAttributeType[]>().optional(),
  DeletionProtection: z.enum(['ACTIVE', 'INACTIVE']).optional(),
  DeviceConfiguration: passed<Cognito.DeviceConfigurationType>().optional(),
  EmailConfiguration: passed<Cognito.EmailConfigurationType>().optional(),
  EmailVerificationMessage: text.optional(),
  EmailVerificationSubject: text.optional(),
  EnabledMfas: texts.optional(),
  LambdaConfig: passed<Cognito.LambdaConfigType>().optional(),
  MfaConfiguration: z.enum(['OFF', 'ON', 'OPTIONAL']).optional(),
  Policies: passed<Cognito.UserPoolPolicyType>().optional(),
  Schema: z.array(Attribute).optional(),
  SmsAuthenticationMessage: text.optional(),
  SmsConfiguration: passed<Cognito.SmsConfigurationType>().optional(),
  SmsVerificationMessage: text.optional(),
  UserAttributeUpdateSettings: passed<Cognito.UserAttributeUpdateSettingsType>().optional(),
  UserPoolAddOns: passed<Cognito.UserPoolAddOnsType>().optional(),
  UserPoolTags: textMap.optional(),
  UserPoolTier: z.enum(['LITE', 'ESSENTIALS', 'PLUS']).optional(),
  UsernameAttributes: passed<Cognito.UsernameAttributeType[]>().optional(),
  UsernameConfiguration: z.looseObject({ CaseSensitive: flag }).optional(),
  VerificationMessageTemplate: passed<Cognito.VerificationMessageTemplateType>().optional(),
});
type UserPool = z.infer<typeof UserPool>;

/** What both CreateUserPool and UpdateUserPool take. */
function settings(pool: UserPool) {
  return {
    AccountRecoverySetting: pool.AccountRecoverySetting,
    AdminCreateUserConfig: pool.AdminCreateUserConfig,
    AutoVerifiedAttributes: pool.AutoVerifiedAttributes,
    DeletionProtection: pool.DeletionProtection,
    DeviceConfiguration: pool.DeviceConfiguration,
    EmailConfiguration: pool.EmailConfiguration,
    EmailVerificationMessage: pool.EmailVerificationMessage,
    EmailVerificationSubject: pool.EmailVerificationSubject,
    LambdaConfig: pool.LambdaConfig,
    MfaConfiguration: pool.MfaConfiguration,
    Policies: pool.Policies,
    SmsAuthenticationMessage: pool.SmsAuthenticationMessage,
    SmsConfiguration: pool.SmsConfiguration,
    SmsVerificationMessage: pool.SmsVerificationMessage,
    UserAttributeUpdateSettings: pool.UserAttributeUpdateSettings,
    UserPoolAddOns: pool.UserPoolAddOns,
    UserPoolTags: pool.UserPoolTags,
    UserPoolTier: pool.UserPoolTier,
    VerificationMessageTemplate: pool.VerificationMessageTemplate,
  };
}

/** Attributes that are new in `next`. Cognito lets a pool gain attributes, never lose or change one. */
function addedAttributes(previous: UserPool, next: UserPool): z.infer<typeof Attribute>[] {
  const after = new Map((next.Schema ?? []).map((attribute) => [attribute.Name, attribute]));
  for (const attribute of previous.Schema ?? []) {
    const now = after.get(attribute.Name);
    if (!now || changed(attribute, now, ...Object.keys({ ...attribute, ...now })))
      throw new ProviderError('Existing schema attributes cannot be modified or deleted.', 'InvalidRequest');
  }
  const before = new Set((previous.Schema ?? []).map((attribute) => attribute.Name));
  return [...after.values()].filter((attribute) => !before.has(attribute.Name));
}

/**
 * AWS::Cognito::UserPool. WebAuthn settings and the e-mail MFA message are left out: moto has neither.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cognito-userpool.html
 */
export function userPool(aws: Aws): ResourceProvider {
  async function multiFactor(UserPoolId: string, pool: UserPool, region: string): Promise<void> {
    const cognito = await aws.cognito(region);
    await cognito.setUserPoolMfaConfig({
      UserPoolId,
      MfaConfiguration: pool.MfaConfiguration ?? 'OFF',
      SoftwareTokenMfaConfiguration: { Enabled: pool.EnabledMfas?.includes('SOFTWARE_TOKEN_MFA') ?? false },
    });
  }

  function result(id: string, arn: string, region: string) {
    const provider = `cognito-idp.${region}.amazonaws.com/${id}`;
    return {
      physicalId: id,
      attributes: { Arn: arn, ProviderName: provider, ProviderURL: `https://${provider}`, UserPoolId: id },
    };
  }

  return {
    create: async (request) => {
      const wanted = UserPool.parse(request.properties);
      const cognito = await aws.cognito(request.region);
      const { UserPool: made } = await cognito.createUserPool({
        ...settings(wanted),
        PoolName: wanted.UserPoolName ?? request.generatedName(128),
        AliasAttributes: wanted.AliasAttributes,
        Schema: wanted.Schema,
        UsernameAttributes: wanted.UsernameAttributes,
        UsernameConfiguration: wanted.UsernameConfiguration,
      });
      const id = made?.Id ?? '';
      if (wanted.EnabledMfas)
        await orUndo(
          () => multiFactor(id, wanted, request.region),
          () => cognito.deleteUserPool({ UserPoolId: id }),
        );
      return result(id, made?.Arn ?? '', request.region);
    },
    update: async (request) => {
      const next = UserPool.parse(request.properties);
      const previous = UserPool.parse(request.previous);
      const UserPoolId = request.physicalId;
      for (const fixed of ['AliasAttributes', 'UsernameAttributes', 'UsernameConfiguration'])
        if (changed(previous, next, fixed))
          throw new ProviderError(`Updates are not allowed for property - ${fixed}.`, 'InvalidRequest');
      const added = addedAttributes(previous, next);
      const cognito = await aws.cognito(request.region);
      if (added.length > 0) {
        if (added.some((attribute) => attribute.Required))
          throw new ProviderError('Required custom attributes are not supported currently.', 'InvalidRequest');
        await cognito.addCustomAttributes({ UserPoolId, CustomAttributes: added });
      }
      await updateUserPool(aws, request.region, { UserPoolId, ...settings(next) });
      if (changed(previous, next, 'EnabledMfas', 'MfaConfiguration'))
        await multiFactor(UserPoolId, next, request.region);
      const { UserPool: made } = await cognito.describeUserPool({ UserPoolId });
      return result(UserPoolId, made?.Arn ?? '', request.region);
    },
    delete: async (request) => {
      const UserPoolId = request.physicalId;
      const cognito = await aws.cognito(request.region);
      const { UserPool: pool } = await cognito.describeUserPool({ UserPoolId });
      // moto deletes protected pools and pools with a domain; Cognito does not.
      if (pool?.DeletionProtection === 'ACTIVE')
        throw new ProviderError(
          'The user pool cannot be deleted because deletion protection is activated. ' +
            'Deletion protection must be inactivated first.',
          'InvalidRequest',
        );
      if (pool?.Domain || pool?.CustomDomain)
        throw new ProviderError(
          'User pool cannot be deleted. It has a domain configured that should be deleted first.',
          'InvalidRequest',
        );
      await cognito.deleteUserPool({ UserPoolId });
    },
  };
}
