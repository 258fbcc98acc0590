import type * as Lambda from '@aws-sdk/client-lambda';
import * as z from 'zod';
import type { DeployedFunctions } from '../data-plane/deployed-functions.ts';
import { functionReference } from '../data-plane/function-reference.ts';
import type { Aws } from './aws.ts';
import { number, passed, text } from './property.ts';
import { ProviderError, type ResourceProvider } from './provider.ts';

const Permission = z.looseObject({
  FunctionName: text,
  Action: text,
  Principal: text,
  SourceArn: text.optional(),
  SourceAccount: text.optional(),
  EventSourceToken: text.optional(),
  PrincipalOrgID: text.optional(),
  FunctionUrlAuthType: z.enum(['NONE', 'AWS_IAM']).optional(),
});

/** AWS::Lambda::Permission: a statement in the function's own policy. Nothing in it can be changed in place. */
export function permission(aws: Aws): ResourceProvider {
  return {
    create: async (request) => {
      const wanted = Permission.parse(request.properties);
      const { name, qualifier } = functionReference(wanted.FunctionName);
      const lambda = await aws.lambda(request.region);
      const id = request.generatedName(100);
      await lambda.addPermission({
        FunctionName: name,
        Qualifier: qualifier,
        StatementId: id,
        Action: wanted.Action,
        Principal: wanted.Principal,
        SourceArn: wanted.SourceArn,
        SourceAccount: wanted.SourceAccount,
        EventSourceToken: wanted.EventSourceToken,
        PrincipalOrgID: wanted.PrincipalOrgID,
        FunctionUrlAuthType: wanted.FunctionUrlAuthType,
      });
      return { physicalId: id, attributes: { Id: id } };
    },
    delete: async (request) => {
      const { name, qualifier } = functionReference(Permission.parse(request.properties).FunctionName);
      const lambda = await aws.lambda(request.region);
      await lambda.removePermission({ FunctionName: name, Qualifier: qualifier, StatementId: request.physicalId });
    },
  };
}

const Version = z.looseObject({ FunctionName: text, Description: text.optional(), CodeSha256: text.optional() });

/** AWS::Lambda::Version: the function as it is now, under a number. */
export function version(aws: Aws, functions: DeployedFunctions): ResourceProvider {
  return {
    create: async (request) => {
      const wanted = Version.parse(request.properties);
      const { name } = functionReference(wanted.FunctionName);
      const lambda = await aws.lambda(request.region);
      const { Versions = [] } = await lambda.listVersionsByFunction({ FunctionName: name });
      const made = await lambda.publishVersion({
        FunctionName: name,
        Description: wanted.Description,
        CodeSha256: wanted.CodeSha256,
      });
      // Publishing an unchanged function answers with the version that exists; CloudFormation takes that for a mistake.
      if (!made.Version || Versions.some(({ Version: known }) => known === made.Version))
        throw new ProviderError(
          `A version for this Lambda function exists ( ${made.Version} ). Modify the function to create a new version.`,
          'AlreadyExists',
        );
      functions.publish(request.region, name, made.Version);
      const arn = made.FunctionArn ?? '';
      return { physicalId: arn, attributes: { FunctionArn: arn, Version: made.Version } };
    },
    delete: async (request) => {
      const { name, qualifier } = functionReference(request.physicalId);
      if (!qualifier) return;
      const lambda = await aws.lambda(request.region);
      functions.forget(request.region, name, qualifier);
      await lambda.deleteFunction({ FunctionName: name, Qualifier: qualifier });
    },
  };
}

const Alias = z.looseObject({
  FunctionName: text,
  FunctionVersion: text,
  Name: text,
  Description: text.optional(),
  RoutingConfig: z
    .looseObject({
      AdditionalVersionWeights: z.array(z.looseObject({ FunctionVersion: text, FunctionWeight: number })).optional(),
    })
    .optional(),
});

/** AWS::Lambda::Alias. Routing weights are kept by moto; the data plane follows the main version only. */
export function alias(aws: Aws): ResourceProvider {
  function wantedAlias(properties: unknown) {
    const wanted = Alias.parse(properties);
    const weights = wanted.RoutingConfig?.AdditionalVersionWeights ?? [];
    return {
      FunctionName: functionReference(wanted.FunctionName).name,
      FunctionVersion: wanted.FunctionVersion,
      Name: wanted.Name,
      Description: wanted.Description,
      RoutingConfig: wanted.RoutingConfig && {
        AdditionalVersionWeights: Object.fromEntries(
          weights.map(({ FunctionVersion, FunctionWeight }) => [FunctionVersion, FunctionWeight]),
        ),
      },
    } satisfies Lambda.CreateAliasRequest;
  }
  return {
    create: async (request) => {
      const lambda = await aws.lambda(request.region);
      const { AliasArn = '' } = await lambda.createAlias(wantedAlias(request.properties));
      return { physicalId: AliasArn, attributes: { AliasArn } };
    },
    update: async (request) => {
      const lambda = await aws.lambda(request.region);
      await lambda.updateAlias(wantedAlias(request.properties));
      return { physicalId: request.physicalId, attributes: { AliasArn: request.physicalId } };
    },
    delete: async (request) => {
      const lambda = await aws.lambda(request.region);
      const { FunctionName, Name } = wantedAlias(request.properties);
      await lambda.deleteAlias({ FunctionName, Name });
    },
  };
}

const Url = z.looseObject({
  TargetFunctionArn: text,
  Qualifier: text.optional(),
  AuthType: z.enum(['NONE', 'AWS_IAM']),
  Cors: passed<Lambda.Cors>().optional(),
  InvokeMode: z.enum(['BUFFERED', 'RESPONSE_STREAM']).optional(),
});

/** AWS::Lambda::Url. Kept by moto; nothing answers at the address. */
export function url(aws: Aws): ResourceProvider {
  function wantedUrl(properties: unknown) {
    const { TargetFunctionArn, ...wanted } = Url.parse(properties);
    return {
      FunctionName: functionReference(TargetFunctionArn).name,
      Qualifier: wanted.Qualifier,
      AuthType: wanted.AuthType,
      Cors: wanted.Cors,
      InvokeMode: wanted.InvokeMode,
    };
  }
  function result(made: { FunctionArn?: string | undefined; FunctionUrl?: string | undefined }) {
    const { FunctionArn = '', FunctionUrl = '' } = made;
    return { physicalId: FunctionArn, attributes: { FunctionArn, FunctionUrl } };
  }
  return {
    create: async (request) => {
      const lambda = await aws.lambda(request.region);
      return result(await lambda.createFunctionUrlConfig(wantedUrl(request.properties)));
    },
    update: async (request) => {
      const lambda = await aws.lambda(request.region);
      return result(await lambda.updateFunctionUrlConfig(wantedUrl(request.properties)));
    },
    delete: async (request) => {
      const lambda = await aws.lambda(request.region);
      const { FunctionName, Qualifier } = wantedUrl(request.properties);
      await lambda.deleteFunctionUrlConfig({ FunctionName, Qualifier });
    },
  };
}
