import type * as Cognito from '@aws-sdk/client-cognito-identity-provider';
import * as z from 'zod';
import type { Aws } from './aws.ts';
import { flag, number, passed, text, texts } from './property.ts';
import type { ResourceProvider } from './provider.ts';

const UserPoolClient = z.looseObject({
  UserPoolId: text,
  ClientName: text.optional(),
  AccessTokenValidity: number.optional(),
  AllowedOAuthFlows: passed<Cognito.OAuthFlowType[]>().optional(),
  AllowedOAuthFlowsUserPoolClient: flag.optional(),
  AllowedOAuthScopes: texts.optional(),
  AnalyticsConfiguration: passed<Cognito.AnalyticsConfigurationType>().optional(),
  AuthSessionValidity: number.optional(),
  CallbackURLs: texts.optional(),
  DefaultRedirectURI: text.optional(),
  EnablePropagateAdditionalUserContextData: flag.optional(),
  EnableTokenRevocation: flag.optional(),
  ExplicitAuthFlows: passed<Cognito.ExplicitAuthFlowsType[]>().optional(),
  GenerateSecret: flag.optional(),
  IdTokenValidity: number.optional(),
  LogoutURLs: texts.optional(),
  PreventUserExistenceErrors: z.enum(['ENABLED', 'LEGACY']).optional(),
  ReadAttributes: texts.optional(),
  RefreshTokenRotation: passed<Cognito.RefreshTokenRotationType>().optional(),
  RefreshTokenValidity: number.optional(),
  SupportedIdentityProviders: texts.optional(),
  TokenValidityUnits: passed<Cognito.TokenValidityUnitsType>().optional(),
  WriteAttributes: texts.optional(),
});

/** AWS::Cognito::UserPoolClient. */
export function userPoolClient(aws: Aws): ResourceProvider {
  function result(client: Cognito.UserPoolClientType | undefined) {
    const ClientId = client?.ClientId ?? '';
    return {
      physicalId: ClientId,
      attributes: {
        ClientId,
        Name: client?.ClientName ?? '',
        ...(client?.ClientSecret && { ClientSecret: client.ClientSecret }),
      },
    };
  }
  return {
    create: async (request) => {
      const wanted = UserPoolClient.parse(request.properties);
      const cognito = await aws.cognito(request.region);
      const made = await cognito.createUserPoolClient({
        ...wanted,
        ClientName: wanted.ClientName ?? request.generatedName(128),
      });
      return result(made.UserPoolClient);
    },
    update: async (request) => {
      const { GenerateSecret: _fixed, ...next } = UserPoolClient.parse(request.properties);
      const cognito = await aws.cognito(request.region);
      const made = await cognito.updateUserPoolClient({ ...next, ClientId: request.physicalId });
      return result(made.UserPoolClient);
    },
    delete: async (request) => {
      const { UserPoolId } = UserPoolClient.parse(request.properties);
      const cognito = await aws.cognito(request.region);
      await cognito.deleteUserPoolClient({ UserPoolId, ClientId: request.physicalId });
    },
  };
}

const UserPoolGroup = z.looseObject({
  UserPoolId: text,
  GroupName: text.optional(),
  Description: text.optional(),
  Precedence: number.optional(),
  RoleArn: text.optional(),
});

/** AWS::Cognito::UserPoolGroup. */
export function userPoolGroup(aws: Aws): ResourceProvider {
  return {
    create: async (request) => {
      const wanted = UserPoolGroup.parse(request.properties);
      const GroupName = wanted.GroupName ?? request.generatedName(128);
      const cognito = await aws.cognito(request.region);
      await cognito.createGroup({ ...wanted, GroupName });
      return { physicalId: GroupName, attributes: {} };
    },
    update: async (request) => {
      const next = UserPoolGroup.parse(request.properties);
      const cognito = await aws.cognito(request.region);
      await cognito.updateGroup({ ...next, GroupName: request.physicalId });
      return { physicalId: request.physicalId, attributes: {} };
    },
    delete: async (request) => {
      const { UserPoolId } = UserPoolGroup.parse(request.properties);
      const cognito = await aws.cognito(request.region);
      await cognito.deleteGroup({ UserPoolId, GroupName: request.physicalId });
    },
  };
}

const UserPoolDomain = z.looseObject({
  UserPoolId: text,
  Domain: text,
  CustomDomainConfig: passed<Cognito.CustomDomainConfigType>().optional(),
  ManagedLoginVersion: number.optional(),
});

/** AWS::Cognito::UserPoolDomain. */
export function userPoolDomain(aws: Aws): ResourceProvider {
  return {
    create: async (request) => {
      const wanted = UserPoolDomain.parse(request.properties);
      const cognito = await aws.cognito(request.region);
      const { CloudFrontDomain } = await cognito.createUserPoolDomain(wanted);
      return { physicalId: wanted.Domain, attributes: { CloudFrontDistribution: CloudFrontDomain ?? '' } };
    },
    update: async (request) => {
      const next = UserPoolDomain.parse(request.properties);
      const cognito = await aws.cognito(request.region);
      const { CloudFrontDomain } = await cognito.updateUserPoolDomain(next);
      return { physicalId: next.Domain, attributes: { CloudFrontDistribution: CloudFrontDomain ?? '' } };
    },
    delete: async (request) => {
      const { UserPoolId, Domain } = UserPoolDomain.parse(request.properties);
      const cognito = await aws.cognito(request.region);
      await cognito.deleteUserPoolDomain({ UserPoolId, Domain });
    },
  };
}
