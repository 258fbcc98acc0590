import type * as ApiGateway from '@aws-sdk/client-api-gateway';
import * as z from 'zod';
import type { Aws } from './aws.ts';
import { flag, number, text } from './property.ts';
import type { ResourceProvider } from './provider.ts';

const Account = z.looseObject({ CloudWatchRoleArn: text.optional() });

/** AWS::ApiGateway::Account: one setting per account and region. Deleting it changes nothing, as on AWS. */
export function account(aws: Aws): ResourceProvider {
  async function put(properties: unknown, id: string, region: string) {
    const { CloudWatchRoleArn } = Account.parse(properties);
    const gateway = await aws.apiGateway(region);
    await gateway.updateAccount({
      patchOperations: [{ op: 'replace', path: '/cloudwatchRoleArn', value: CloudWatchRoleArn ?? '' }],
    });
    return { physicalId: id, attributes: { Id: id } };
  }
  return {
    create: (request) => put(request.properties, request.generatedName(64), request.region),
    update: (request) => put(request.properties, request.physicalId, request.region),
    delete: async () => {},
  };
}

const UsagePlan = z.looseObject({
  UsagePlanName: text.optional(),
  Description: text.optional(),
  ApiStages: z.array(z.looseObject({ ApiId: text.optional(), Stage: text.optional() })).optional(),
  Quota: z
    .looseObject({
      Limit: number.optional(),
      Offset: number.optional(),
      Period: z.custom<ApiGateway.QuotaPeriodType>((value) => typeof value === 'string').optional(),
    })
    .optional(),
  Throttle: z.looseObject({ BurstLimit: number.optional(), RateLimit: number.optional() }).optional(),
});

/** AWS::ApiGateway::UsagePlan. Quotas and throttles are kept, not applied. */
export function usagePlan(aws: Aws): ResourceProvider {
  return {
    create: async (request) => {
      const wanted = UsagePlan.parse(request.properties);
      const gateway = await aws.apiGateway(request.region);
      const { id = '' } = await gateway.createUsagePlan({
        name: wanted.UsagePlanName ?? request.generatedName(128),
        description: wanted.Description,
        apiStages: wanted.ApiStages?.map(({ ApiId, Stage }) => ({ apiId: ApiId, stage: Stage })),
        quota: wanted.Quota && { limit: wanted.Quota.Limit, offset: wanted.Quota.Offset, period: wanted.Quota.Period },
        throttle: wanted.Throttle && {
          burstLimit: wanted.Throttle.BurstLimit,
          rateLimit: wanted.Throttle.RateLimit,
        },
      });
      return { physicalId: id, attributes: { Id: id } };
    },
    update: async (request) => {
      const next = UsagePlan.parse(request.properties);
      const patchOperations: ApiGateway.PatchOperation[] = [];
      const replace = (path: string, value: string | number | undefined) => {
        if (value !== undefined) patchOperations.push({ op: 'replace', path, value: String(value) });
      };
      replace('/name', next.UsagePlanName);
      replace('/description', next.Description);
      replace('/throttle/rateLimit', next.Throttle?.RateLimit);
      replace('/throttle/burstLimit', next.Throttle?.BurstLimit);
      replace('/quota/limit', next.Quota?.Limit);
      replace('/quota/period', next.Quota?.Period);
      const gateway = await aws.apiGateway(request.region);
      if (patchOperations.length > 0)
        await gateway.updateUsagePlan({ usagePlanId: request.physicalId, patchOperations });
      return { physicalId: request.physicalId, attributes: { Id: request.physicalId } };
    },
    delete: async (request) => {
      const gateway = await aws.apiGateway(request.region);
      // moto fails, instead of refusing, when it is to delete what is not there.
      await gateway.getUsagePlan({ usagePlanId: request.physicalId });
      await gateway.deleteUsagePlan({ usagePlanId: request.physicalId });
    },
  };
}

const ApiKey = z.looseObject({
  Name: text.optional(),
  Description: text.optional(),
  Enabled: flag.optional(),
  Value: text.optional(),
});

/** AWS::ApiGateway::ApiKey. */
export function apiKey(aws: Aws): ResourceProvider {
  return {
    create: async (request) => {
      const wanted = ApiKey.parse(request.properties);
      const gateway = await aws.apiGateway(request.region);
      const { id = '' } = await gateway.createApiKey({
        name: wanted.Name ?? request.generatedName(128),
        description: wanted.Description,
        enabled: wanted.Enabled ?? false,
        value: wanted.Value,
      });
      return { physicalId: id, attributes: { APIKeyId: id } };
    },
    update: async (request) => {
      const next = ApiKey.parse(request.properties);
      const gateway = await aws.apiGateway(request.region);
      await gateway.updateApiKey({
        apiKey: request.physicalId,
        patchOperations: [
          { op: 'replace', path: '/description', value: next.Description ?? '' },
          { op: 'replace', path: '/enabled', value: String(next.Enabled ?? false) },
        ],
      });
      return { physicalId: request.physicalId, attributes: { APIKeyId: request.physicalId } };
    },
    delete: async (request) => {
      const gateway = await aws.apiGateway(request.region);
      // moto fails, instead of refusing, when it is to delete what is not there.
      await gateway.getApiKey({ apiKey: request.physicalId });
      await gateway.deleteApiKey({ apiKey: request.physicalId });
    },
  };
}

const UsagePlanKey = z.looseObject({ KeyId: text, KeyType: text, UsagePlanId: text });

/** AWS::ApiGateway::UsagePlanKey. Every property replaces. */
export function usagePlanKey(aws: Aws): ResourceProvider {
  return {
    create: async (request) => {
      const wanted = UsagePlanKey.parse(request.properties);
      const gateway = await aws.apiGateway(request.region);
      await gateway.createUsagePlanKey({
        keyId: wanted.KeyId,
        keyType: wanted.KeyType,
        usagePlanId: wanted.UsagePlanId,
      });
      const id = `${wanted.KeyId}:${wanted.UsagePlanId}`;
      return { physicalId: id, attributes: { Id: id } };
    },
    delete: async (request) => {
      const { KeyId, UsagePlanId } = UsagePlanKey.parse(request.properties);
      const gateway = await aws.apiGateway(request.region);
      // moto fails, instead of refusing, when it is to delete what is not there.
      await gateway.getUsagePlanKey({ keyId: KeyId, usagePlanId: UsagePlanId });
      await gateway.deleteUsagePlanKey({ keyId: KeyId, usagePlanId: UsagePlanId });
    },
  };
}
