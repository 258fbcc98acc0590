import type * as ApiGateway from '@aws-sdk/client-api-gateway';
import * as z from 'zod';
import type { ApiSnapshots } from '../data-plane/api-snapshots.ts';
import { clearApi, makeApi } from './api-body.ts';
import { type ApiDefinition, apiDefinition } from './api-definition.ts';
import type { Aws } from './aws.ts';
import { orUndo } from './failure.ts';
import { changed, difference, document, flag, number, passed, tagMap, tags, text, texts } from './property.ts';
import { ProviderError, type ResourceProvider } from './provider.ts';

const RestApi = z.looseObject({
  Name: text.optional(),
  ApiKeySourceType: z.enum(['HEADER', 'AUTHORIZER']).optional(),
  BinaryMediaTypes: texts.optional(),
  Body: document.optional(),
  BodyS3Location: z.looseObject({ Bucket: text, Key: text, Version: text.optional() }).optional(),
  Description: text.optional(),
  DisableExecuteApiEndpoint: flag.optional(),
  EndpointConfiguration: z.looseObject({ Types: passed<ApiGateway.EndpointType[]>().optional() }).optional(),
  MinimumCompressionSize: number.optional(),
  Mode: z.enum(['overwrite', 'merge']).optional(),
  Policy: document.optional(),
  Tags: tags.optional(),
});
type RestApi = z.infer<typeof RestApi>;

/**
 * AWS::ApiGateway::RestApi, with or without an OpenAPI Body (JSON; a YAML body is refused with a clear message).
 * CloneFrom, FailOnWarnings, Parameters and SecurityPolicy are left out.
 */
export function restApi(aws: Aws, snapshots: ApiSnapshots): ResourceProvider {
  async function definitionOf(wanted: RestApi, region: string) {
    const body = wanted.Body ?? (await bodyFromBucket(aws, wanted, region));
    return body === undefined ? undefined : apiDefinition(parseBody(body));
  }

  async function result(id: string, rootResourceId: string | undefined, region: string) {
    const gateway = await aws.apiGateway(region);
    const root = rootResourceId ?? (await gateway.getRestApi({ restApiId: id })).rootResourceId;
    return { physicalId: id, attributes: { RestApiId: id, RootResourceId: root ?? '' } };
  }

  return {
    create: async (request) => {
      const wanted = RestApi.parse(request.properties);
      const definition = await definitionOf(wanted, request.region);
      const gateway = await aws.apiGateway(request.region);
      const types = wanted.EndpointConfiguration?.Types;
      const made = await gateway.createRestApi({
        name: wanted.Name ?? definition?.title ?? request.generatedName(128),
        description: wanted.Description ?? definition?.description,
        apiKeySource: wanted.ApiKeySourceType ?? definition?.apiKeySource,
        disableExecuteApiEndpoint: wanted.DisableExecuteApiEndpoint,
        endpointConfiguration: types && { types },
        minimumCompressionSize: wanted.MinimumCompressionSize,
        policy: wanted.Policy ?? (definition?.policy === undefined ? undefined : JSON.stringify(definition.policy)),
        tags: wanted.Tags && tagMap(wanted.Tags),
      });
      const id = made.id ?? '';
      snapshots.locate(id, request.region);
      await orUndo(
        async () => {
          // moto forgets media types that come with the creation.
          const patchOperations = mediaTypePatches([], mediaTypes(wanted, definition));
          if (patchOperations.length > 0) await gateway.updateRestApi({ restApiId: id, patchOperations });
          if (definition) await makeApi(gateway, id, definition);
        },
        () => gateway.deleteRestApi({ restApiId: id }),
      );
      return result(id, made.rootResourceId, request.region);
    },
    update: async (request) => {
      const next = RestApi.parse(request.properties);
      const previous = RestApi.parse(request.previous);
      const restApiId = request.physicalId;
      const gateway = await aws.apiGateway(request.region);
      const definition = await definitionOf(next, request.region);
      const known = (await gateway.getRestApi({ restApiId })).binaryMediaTypes ?? [];
      const patchOperations = [
        ...patches(previous, next, definition?.title),
        ...mediaTypePatches(known, mediaTypes(next, definition)),
      ];
      if (patchOperations.length > 0) await gateway.updateRestApi({ restApiId, patchOperations });
      if (definition && changed(previous, next, 'Body', 'BodyS3Location', 'Mode')) {
        if (next.Mode !== 'merge') await clearApi(gateway, restApiId);
        await makeApi(gateway, restApiId, definition);
      }
      const resourceArn = `arn:aws:apigateway:${request.region}::/restapis/${restApiId}`;
      const tagChange = difference(tagMap(previous.Tags), tagMap(next.Tags));
      if (tagChange.removed.length > 0) await gateway.untagResource({ resourceArn, tagKeys: tagChange.removed });
      if (tagChange.put.length > 0) await gateway.tagResource({ resourceArn, tags: Object.fromEntries(tagChange.put) });
      return result(restApiId, undefined, request.region);
    },
    delete: async (request) => {
      const gateway = await aws.apiGateway(request.region);
      snapshots.forget(request.physicalId);
      // moto fails, instead of refusing, when it is to delete what is not there.
      await gateway.getRestApi({ restApiId: request.physicalId });
      await gateway.deleteRestApi({ restApiId: request.physicalId });
    },
  };
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new ProviderError(
      `Errors found during import: Unable to parse the API definition as JSON (${error instanceof Error ? error.message : error}). ` +
        'The local AWS reads JSON bodies only.',
      'InvalidRequest',
    );
  }
}

async function bodyFromBucket(aws: Aws, wanted: RestApi, region: string): Promise<string | undefined> {
  const location = wanted.BodyS3Location;
  if (!location) return undefined;
  const s3 = await aws.s3(region);
  const { Body } = await s3.getObject({ Bucket: location.Bucket, Key: location.Key, VersionId: location.Version });
  return Body?.transformToString();
}

function mediaTypes(wanted: RestApi, definition: ApiDefinition | undefined): string[] {
  return wanted.BinaryMediaTypes ?? definition?.binaryMediaTypes ?? [];
}

/** moto takes the value of an added or removed media type from `value`, API Gateway from the path: both are given. */
function mediaTypePatches(before: string[], after: string[]): ApiGateway.PatchOperation[] {
  const patch = (op: 'add' | 'remove', value: string) => ({
    op,
    path: `/binaryMediaTypes/${value.replaceAll('/', '~1')}`,
    value,
  });
  return [
    ...before.filter((type) => !after.includes(type)).map((type) => patch('remove', type)),
    ...after.filter((type) => !before.includes(type)).map((type) => patch('add', type)),
  ];
}

function patches(previous: RestApi, next: RestApi, title: string | undefined): ApiGateway.PatchOperation[] {
  const operations: ApiGateway.PatchOperation[] = [];
  const replace = (path: string, value: string | undefined) => {
    if (value !== undefined) operations.push({ op: 'replace', path, value });
  };
  if (changed(previous, next, 'Name') || next.Name === undefined) replace('/name', next.Name ?? title);
  if (changed(previous, next, 'Description')) replace('/description', next.Description ?? '');
  if (changed(previous, next, 'ApiKeySourceType')) replace('/apiKeySource', next.ApiKeySourceType ?? 'HEADER');
  if (changed(previous, next, 'Policy')) replace('/policy', next.Policy ?? '');
  if (changed(previous, next, 'DisableExecuteApiEndpoint'))
    replace('/disableExecuteApiEndpoint', next.DisableExecuteApiEndpoint ? 'true' : '');
  return operations;
}
