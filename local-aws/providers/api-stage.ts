import type * as ApiGateway from '@aws-sdk/client-api-gateway';
import * as z from 'zod';
import type { ApiSnapshots } from '../data-plane/api-snapshots.ts';
import type { Aws } from './aws.ts';
import { orUndo } from './failure.ts';
import { changed, difference, flag, number, tagMap, tags, text, textMap } from './property.ts';
import { ProviderError, type ResourceProvider } from './provider.ts';

const Deployment = z.looseObject({
  RestApiId: text,
  Description: text.optional(),
  StageName: text.optional(),
  StageDescription: z
    .looseObject({ Description: text.optional(), Variables: textMap.optional(), TracingEnabled: flag.optional() })
    .optional(),
});

/** AWS::ApiGateway::Deployment: the API as it is at this moment, whatever happens to it later. */
export function deployment(aws: Aws, snapshots: ApiSnapshots): ResourceProvider {
  return {
    create: async (request) => {
      const wanted = Deployment.parse(request.properties);
      const restApiId = wanted.RestApiId;
      const gateway = await aws.apiGateway(request.region);
      const { id = '' } = await gateway.createDeployment({
        restApiId,
        description: wanted.Description,
      });
      await orUndo(
        async () => {
          await snapshots.take(restApiId, id, request.region);
          if (wanted.StageName !== undefined) await ownStage(gateway, wanted, wanted.StageName, id);
        },
        () => gateway.deleteDeployment({ restApiId, deploymentId: id }),
      );
      return { physicalId: id, attributes: { DeploymentId: id } };
    },
    /** Only its description can change, and moto cannot change that. */
    update: async (request) => ({
      physicalId: request.physicalId,
      attributes: { DeploymentId: request.physicalId },
    }),
    delete: async (request) => {
      const { RestApiId, StageName } = Deployment.parse(request.properties);
      const deploymentId = request.physicalId;
      const gateway = await aws.apiGateway(request.region);
      const { item: stages = [] } = await gateway.getStages({ restApiId: RestApiId });
      const pointing = stages.filter((stage) => stage.deploymentId === deploymentId);
      // The stage that came with the deployment goes with it: stacks that declare no stage of their own can be deleted.
      const own = pointing.find((stage) => stage.stageName !== undefined && stage.stageName === StageName);
      if (own) await gateway.deleteStage({ restApiId: RestApiId, stageName: own.stageName });
      if (pointing.some((stage) => stage !== own))
        throw new ProviderError('Active stages pointing to this deployment must be moved or deleted', 'InvalidRequest');
      await gateway.deleteDeployment({ restApiId: RestApiId, deploymentId });
      snapshots.forget(RestApiId, deploymentId);
    },
  };
}

/**
 * The stage that a deployment brings with it: made, or pointed at this deployment where it is there already. moto would
 * leave an existing one where it was, and never let go of the deployment that it came with.
 */
async function ownStage(
  gateway: Awaited<ReturnType<Aws['apiGateway']>>,
  { RestApiId: restApiId, StageDescription: described }: z.infer<typeof Deployment>,
  stageName: string,
  deploymentId: string,
): Promise<void> {
  const { item: stages = [] } = await gateway.getStages({ restApiId });
  if (stages.some((stage) => stage.stageName === stageName)) {
    const patchOperations = [{ op: 'replace' as const, path: '/deploymentId', value: deploymentId }];
    await gateway.updateStage({ restApiId, stageName, patchOperations });
    return;
  }
  await gateway.createStage({
    restApiId,
    stageName,
    deploymentId,
    description: described?.Description,
    tracingEnabled: described?.TracingEnabled,
    variables: described?.Variables,
  });
}

const MethodSetting = z.looseObject({
  HttpMethod: text.optional(),
  ResourcePath: text.optional(),
  CacheDataEncrypted: flag.optional(),
  CacheTtlInSeconds: number.optional(),
  CachingEnabled: flag.optional(),
  DataTraceEnabled: flag.optional(),
  LoggingLevel: text.optional(),
  MetricsEnabled: flag.optional(),
  ThrottlingBurstLimit: number.optional(),
  ThrottlingRateLimit: number.optional(),
});

const settingPaths = {
  CacheDataEncrypted: 'caching/dataEncrypted',
  CacheTtlInSeconds: 'caching/ttlInSeconds',
  CachingEnabled: 'caching/enabled',
  DataTraceEnabled: 'logging/dataTrace',
  LoggingLevel: 'logging/loglevel',
  MetricsEnabled: 'metrics/enabled',
  ThrottlingBurstLimit: 'throttling/burstLimit',
  ThrottlingRateLimit: 'throttling/rateLimit',
} as const;

const Stage = z.looseObject({
  RestApiId: text,
  StageName: text.optional(),
  DeploymentId: text.optional(),
  AccessLogSetting: z.looseObject({ DestinationArn: text.optional(), Format: text.optional() }).optional(),
  CacheClusterEnabled: flag.optional(),
  CacheClusterSize: text.optional(),
  Description: text.optional(),
  MethodSettings: z.array(MethodSetting).optional(),
  Tags: tags.optional(),
  TracingEnabled: flag.optional(),
  Variables: textMap.optional(),
});
type Stage = z.infer<typeof Stage>;

/** A setting's patch path begins with the resource's path (`/` written as `~1`) and the method, a star for all of them. */
function settingPatches(settings: z.infer<typeof MethodSetting>[]): ApiGateway.PatchOperation[] {
  const names = Object.keys(settingPaths) as (keyof typeof settingPaths)[];
  return settings.flatMap((setting) => {
    const resource = setting.ResourcePath ?? '/*';
    const path = resource === '/*' || resource === '*' ? '*' : resource.replaceAll('/', '~1');
    return names
      .filter((name) => setting[name] !== undefined)
      .map((name) => ({
        op: 'replace' as const,
        path: `/${path}/${setting.HttpMethod ?? '*'}/${settingPaths[name]}`,
        value: String(setting[name]),
      }));
  });
}

function patches(previous: Partial<Stage>, next: Stage): ApiGateway.PatchOperation[] {
  const operations: ApiGateway.PatchOperation[] = [];
  const replace = (path: string, value: string) => operations.push({ op: 'replace', path, value });
  const log = next.AccessLogSetting;
  if (changed(previous, next, 'AccessLogSetting')) {
    if (!log) operations.push({ op: 'remove', path: '/accessLogSettings' });
    if (log?.DestinationArn) replace('/accessLogSettings/destinationArn', log.DestinationArn.replace(/:\*$/, ''));
    if (log?.Format) replace('/accessLogSettings/format', log.Format);
  }
  if (changed(previous, next, 'MethodSettings')) operations.push(...settingPatches(next.MethodSettings ?? []));
  return operations;
}

/** AWS::ApiGateway::Stage. */
export function stage(aws: Aws): ResourceProvider {
  return {
    create: async (request) => {
      const wanted = Stage.parse(request.properties);
      const key = { restApiId: wanted.RestApiId, stageName: wanted.StageName ?? request.generatedName(128) };
      const gateway = await aws.apiGateway(request.region);
      await gateway.createStage({
        ...key,
        deploymentId: wanted.DeploymentId,
        cacheClusterEnabled: wanted.CacheClusterEnabled,
        description: wanted.Description,
        tags: wanted.Tags && tagMap(wanted.Tags),
        tracingEnabled: wanted.TracingEnabled,
        variables: wanted.Variables,
      });
      const patchOperations = patches({}, wanted);
      if (patchOperations.length > 0)
        await orUndo(
          () => gateway.updateStage({ ...key, patchOperations }),
          () => gateway.deleteStage(key),
        );
      return { physicalId: key.stageName, attributes: {} };
    },
    update: async (request) => {
      const next = Stage.parse(request.properties);
      const previous = Stage.parse(request.previous);
      const patchOperations = patches(previous, next);
      const replace = (path: string, value: string) => patchOperations.push({ op: 'replace', path, value });
      if (next.DeploymentId && next.DeploymentId !== previous.DeploymentId) replace('/deploymentId', next.DeploymentId);
      if (changed(previous, next, 'Description')) replace('/description', next.Description ?? '');
      if (changed(previous, next, 'TracingEnabled')) replace('/tracingEnabled', String(next.TracingEnabled ?? false));
      const variables = difference(previous.Variables ?? {}, next.Variables ?? {});
      for (const [name, value] of variables.put) replace(`/variables/${name}`, value);
      for (const name of variables.removed) patchOperations.push({ op: 'remove', path: `/variables/${name}` });
      const gateway = await aws.apiGateway(request.region);
      if (patchOperations.length > 0)
        await gateway.updateStage({ restApiId: next.RestApiId, stageName: request.physicalId, patchOperations });
      const resourceArn = `arn:aws:apigateway:${request.region}::/restapis/${next.RestApiId}/stages/${request.physicalId}`;
      const tagChange = difference(tagMap(previous.Tags), tagMap(next.Tags));
      if (tagChange.removed.length > 0) await gateway.untagResource({ resourceArn, tagKeys: tagChange.removed });
      if (tagChange.put.length > 0) await gateway.tagResource({ resourceArn, tags: Object.fromEntries(tagChange.put) });
      return { physicalId: request.physicalId, attributes: {} };
    },
    delete: async (request) => {
      const { RestApiId } = Stage.parse(request.properties);
      const gateway = await aws.apiGateway(request.region);
      await gateway.deleteStage({ restApiId: RestApiId, stageName: request.physicalId });
    },
  };
}
