import type * as Lambda from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import * as z from 'zod';
import type { DeployedFunctions, FunctionCode } from '../data-plane/deployed-functions.ts';
import type { Aws } from './aws.ts';
import { orUndo } from './failure.ts';
import { changed, difference, number, passed, tagMap, tags, text, textMap, texts } from './property.ts';
import { ProviderError, type ProviderRequest, type ResourceProvider } from './provider.ts';

const Code = z.looseObject({
  ZipFile: text.optional(),
  S3Bucket: text.optional(),
  S3Key: text.optional(),
  S3ObjectVersion: text.optional(),
  ImageUri: text.optional(),
});
type Code = z.infer<typeof Code>;

const FunctionProperties = z.looseObject({
  FunctionName: text.optional(),
  Code,
  Role: text,
  Handler: text.optional(),
  Runtime: z.custom<Lambda.Runtime>((value) => typeof value === 'string', 'a runtime name is expected').optional(),
  Architectures: passed<Lambda.Architecture[]>().optional(),
  Description: text.optional(),
  DeadLetterConfig: passed<Lambda.DeadLetterConfig>().optional(),
  DurableConfig: z.looseObject({ ExecutionTimeout: number }).optional(),
  Environment: z.looseObject({ Variables: textMap.optional() }).optional(),
  EphemeralStorage: z.looseObject({ Size: number }).optional(),
  ImageConfig: passed<Lambda.ImageConfig>().optional(),
  KmsKeyArn: text.optional(),
  Layers: texts.optional(),
  LoggingConfig: z
    .looseObject({
      LogGroup: text.optional(),
      LogFormat: z.enum(['Text', 'JSON']).optional(),
      ApplicationLogLevel: z.custom<Lambda.ApplicationLogLevel>((value) => typeof value === 'string').optional(),
      SystemLogLevel: z.custom<Lambda.SystemLogLevel>((value) => typeof value === 'string').optional(),
    })
    .optional(),
  MemorySize: number.optional(),
  PackageType: z.enum(['Zip', 'Image']).optional(),
  ReservedConcurrentExecutions: number.optional(),
  Tags: tags.optional(),
  Timeout: number.optional(),
  TracingConfig: passed<Lambda.TracingConfig>().optional(),
  VpcConfig: passed<Lambda.VpcConfig>().optional(),
});
type FunctionProperties = z.infer<typeof FunctionProperties>;

/** Lambda wraps inline code in a zip of one file named `index`. Always the same bytes for the same source. */
function inlineZip(source: string, runtime: string | undefined): Uint8Array {
  const name = runtime?.startsWith('python') ? 'index.py' : 'index.js';
  return zipSync({ [name]: [strToU8(source), { mtime: '1980-01-01T00:00:00' }] });
}

/** The code as the Lambda API takes it, and as the data plane will read it. */
function codeOf(code: Code, runtime: string | undefined): { api: Lambda.FunctionCode; plane?: FunctionCode } {
  if (code.ZipFile !== undefined) {
    const zip = inlineZip(code.ZipFile, runtime);
    return { api: { ZipFile: zip }, plane: { from: 'memory', zip } };
  }
  if (code.S3Bucket && code.S3Key) {
    const version = code.S3ObjectVersion;
    return {
      api: { S3Bucket: code.S3Bucket, S3Key: code.S3Key, S3ObjectVersion: version },
      plane: { from: 'bucket', bucket: code.S3Bucket, key: code.S3Key, ...(version && { version }) },
    };
  }
  if (code.ImageUri) return { api: { ImageUri: code.ImageUri } };
  throw new ProviderError('Please provide a source for function code.', 'InvalidRequest');
}

function configuration(wanted: FunctionProperties) {
  return {
    Role: wanted.Role,
    Handler: wanted.Handler,
    Runtime: wanted.Runtime,
    Description: wanted.Description ?? '',
    DeadLetterConfig: wanted.DeadLetterConfig,
    Environment: { Variables: wanted.Environment?.Variables ?? {} },
    EphemeralStorage: wanted.EphemeralStorage && { Size: wanted.EphemeralStorage.Size },
    ImageConfig: wanted.ImageConfig,
    KMSKeyArn: wanted.KmsKeyArn,
    Layers: wanted.Layers ?? [],
    LoggingConfig: wanted.LoggingConfig,
    MemorySize: wanted.MemorySize ?? 128,
    Timeout: wanted.Timeout ?? 3,
    TracingConfig: wanted.TracingConfig,
    VpcConfig: wanted.VpcConfig,
  } satisfies Omit<Lambda.UpdateFunctionConfigurationRequest, 'FunctionName'>;
}

/**
 * AWS::Lambda::Function. DurableConfig is noted for the data plane, which runs durable executions: moto has none. Left out as well: CodeSigningConfigArn, FileSystemConfigs, RuntimeManagementConfig, SnapStart, RecursiveLoop.
 */
export function lambdaFunction(aws: Aws, functions: DeployedFunctions): ResourceProvider {
  function note(wanted: FunctionProperties, name: string, code: FunctionCode | undefined, region: string): void {
    functions.note(region, name, {
      ...(code && { code }),
      logGroup: wanted.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
      logFormat: wanted.LoggingConfig?.LogFormat ?? 'Text',
      ...(wanted.DurableConfig && { durable: { timeoutSeconds: wanted.DurableConfig.ExecutionTimeout } }),
    });
  }

  async function reserve(name: string, wanted: FunctionProperties, region: string): Promise<void> {
    const lambda = await aws.lambda(region);
    if (wanted.ReservedConcurrentExecutions === undefined)
      await lambda.deleteFunctionConcurrency({ FunctionName: name });
    else
      await lambda.putFunctionConcurrency({
        FunctionName: name,
        ReservedConcurrentExecutions: wanted.ReservedConcurrentExecutions,
      });
  }

  const result = (request: ProviderRequest, name: string) => ({
    physicalId: name,
    attributes: { Arn: `arn:aws:lambda:${request.region}:${request.account}:function:${name}` },
  });

  return {
    create: async (request) => {
      const wanted = FunctionProperties.parse(request.properties);
      const name = wanted.FunctionName ?? request.generatedName(64);
      const code = codeOf(wanted.Code, wanted.Runtime);
      const lambda = await aws.lambda(request.region);
      await lambda.createFunction({
        FunctionName: name,
        ...configuration(wanted),
        Code: code.api,
        Architectures: wanted.Architectures,
        PackageType: wanted.PackageType ?? (wanted.Code.ImageUri ? 'Image' : 'Zip'),
        Tags: wanted.Tags && tagMap(wanted.Tags),
      });
      if (wanted.ReservedConcurrentExecutions !== undefined)
        await orUndo(
          () => reserve(name, wanted, request.region),
          () => lambda.deleteFunction({ FunctionName: name }),
        );
      note(wanted, name, code.plane, request.region);
      return result(request, name);
    },
    update: async (request) => {
      const next = FunctionProperties.parse(request.properties);
      const previous = FunctionProperties.parse(request.previous);
      const name = request.physicalId;
      const lambda = await aws.lambda(request.region);
      const code = changed(previous, next, 'Code', 'Architectures') ? codeOf(next.Code, next.Runtime) : undefined;
      if (code) await lambda.updateFunctionCode({ FunctionName: name, ...code.api, Architectures: next.Architectures });
      if (changed(configuration(previous), configuration(next), ...Object.keys(configuration(next))))
        await lambda.updateFunctionConfiguration({ FunctionName: name, ...configuration(next) });
      if (changed(previous, next, 'ReservedConcurrentExecutions')) await reserve(name, next, request.region);
      const made = result(request, name);
      const tagChange = difference(tagMap(previous.Tags), tagMap(next.Tags));
      if (tagChange.removed.length > 0)
        await lambda.untagResource({ Resource: made.attributes.Arn, TagKeys: tagChange.removed });
      if (tagChange.put.length > 0)
        await lambda.tagResource({ Resource: made.attributes.Arn, Tags: Object.fromEntries(tagChange.put) });
      note(next, name, code?.plane, request.region);
      return made;
    },
    delete: async (request) => {
      const lambda = await aws.lambda(request.region);
      functions.forget(request.region, request.physicalId);
      await lambda.deleteFunction({ FunctionName: request.physicalId });
    },
    /** Durable execution can only be set when a function is created. */
    replaces: (previous, next) => changed(previous, next, 'PackageType') || durable(previous) !== durable(next),
  };
}

function durable(properties: { readonly [key: string]: unknown }): boolean {
  return properties.DurableConfig !== undefined;
}
