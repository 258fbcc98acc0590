import type * as S3 from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { BucketNotifications } from '../delivery/bucket-notifications.ts';
import type { Aws } from './aws.ts';
import { orUndo, unlessMissing } from './failure.ts';
import { changed, document, flag, number, passed, tags, text, texts } from './property.ts';
import { ProviderError, type ResourceProvider } from './provider.ts';
import { lifecycleRules } from './s3-lifecycle.ts';
import { notifications } from './s3-notification.ts';

const CorsRule = z.looseObject({
  AllowedMethods: texts,
  AllowedOrigins: texts,
  AllowedHeaders: texts.optional(),
  ExposedHeaders: texts.optional(),
  Id: text.optional(),
  MaxAge: number.optional(),
});

const EncryptionRule = z.looseObject({
  BucketKeyEnabled: flag.optional(),
  ServerSideEncryptionByDefault: z
    .looseObject({ SSEAlgorithm: z.enum(['AES256', 'aws:kms', 'aws:kms:dsse']), KMSMasterKeyID: text.optional() })
    .optional(),
});

const PublicAccess = z.looseObject({
  BlockPublicAcls: flag.optional(),
  BlockPublicPolicy: flag.optional(),
  IgnorePublicAcls: flag.optional(),
  RestrictPublicBuckets: flag.optional(),
});

const Bucket = z.looseObject({
  BucketName: text.optional(),
  AccelerateConfiguration: passed<{ AccelerationStatus: S3.BucketAccelerateStatus }>().optional(),
  BucketEncryption: z.looseObject({ ServerSideEncryptionConfiguration: z.array(EncryptionRule) }).optional(),
  CorsConfiguration: z.looseObject({ CorsRules: z.array(CorsRule) }).optional(),
  LifecycleConfiguration: z.looseObject({ Rules: z.array(z.unknown()) }).optional(),
  LoggingConfiguration: z
    .looseObject({ DestinationBucketName: text.optional(), LogFilePrefix: text.optional() })
    .optional(),
  NotificationConfiguration: z.unknown().optional(),
  ObjectLockEnabled: flag.optional(),
  OwnershipControls: passed<S3.OwnershipControls>().optional(),
  PublicAccessBlockConfiguration: PublicAccess.optional(),
  Tags: tags.optional(),
  VersioningConfiguration: z.looseObject({ Status: z.enum(['Enabled', 'Suspended']) }).optional(),
  WebsiteConfiguration: passed<S3.WebsiteConfiguration>().optional(),
});
type Bucket = z.infer<typeof Bucket>;

/**
 * AWS::S3::Bucket. Left out because nothing here reads them: analytics, inventory, metrics, replication, intelligent
 * tiering, metadata tables, object lock rules and ACLs. What is told to functions and queues is delivered from here.
 */
export function bucket(aws: Aws, news: BucketNotifications): ResourceProvider {
  /** Puts every sub-resource that differs, and removes those that went. */
  async function settle(Bucket: string, next: Bucket, previous: Partial<Bucket>, region: string): Promise<void> {
    const s3 = await aws.s3(region);
    const differs = (name: keyof Bucket & string) => changed(previous, next, name);

    if (differs('VersioningConfiguration'))
      await s3.putBucketVersioning({
        Bucket,
        VersioningConfiguration: { Status: next.VersioningConfiguration?.Status ?? 'Suspended' },
      });
    if (differs('PublicAccessBlockConfiguration')) {
      if (next.PublicAccessBlockConfiguration)
        await s3.putPublicAccessBlock({
          Bucket,
          PublicAccessBlockConfiguration: next.PublicAccessBlockConfiguration,
        });
      else await s3.deletePublicAccessBlock({ Bucket });
    }
    if (differs('BucketEncryption')) {
      const rules = next.BucketEncryption?.ServerSideEncryptionConfiguration.map((rule) => ({
        BucketKeyEnabled: rule.BucketKeyEnabled,
        ApplyServerSideEncryptionByDefault: rule.ServerSideEncryptionByDefault,
      }));
      if (rules) await s3.putBucketEncryption({ Bucket, ServerSideEncryptionConfiguration: { Rules: rules } });
      else await s3.deleteBucketEncryption({ Bucket });
    }
    if (differs('OwnershipControls')) {
      if (next.OwnershipControls)
        await s3.putBucketOwnershipControls({ Bucket, OwnershipControls: next.OwnershipControls });
      else await s3.deleteBucketOwnershipControls({ Bucket });
    }
    if (differs('CorsConfiguration')) {
      const rules = next.CorsConfiguration?.CorsRules.map(({ Id, MaxAge, ExposedHeaders, ...rule }) => ({
        ...rule,
        ID: Id,
        MaxAgeSeconds: MaxAge,
        ExposeHeaders: ExposedHeaders,
      }));
      if (rules) await s3.putBucketCors({ Bucket, CORSConfiguration: { CORSRules: rules } });
      else await s3.deleteBucketCors({ Bucket });
    }
    if (differs('LifecycleConfiguration')) {
      if (next.LifecycleConfiguration)
        await s3.putBucketLifecycleConfiguration({
          Bucket,
          LifecycleConfiguration: { Rules: lifecycleRules(next.LifecycleConfiguration.Rules) },
        });
      else await s3.deleteBucketLifecycle({ Bucket });
    }
    if (differs('WebsiteConfiguration')) {
      if (next.WebsiteConfiguration)
        await s3.putBucketWebsite({ Bucket, WebsiteConfiguration: next.WebsiteConfiguration });
      else await s3.deleteBucketWebsite({ Bucket });
    }
    if (differs('LoggingConfiguration')) {
      const logging = next.LoggingConfiguration;
      await s3.putBucketLogging({
        Bucket,
        BucketLoggingStatus: logging
          ? {
              LoggingEnabled: {
                TargetBucket: logging.DestinationBucketName ?? Bucket,
                TargetPrefix: logging.LogFilePrefix ?? '',
              },
            }
          : {},
      });
    }
    if (differs('AccelerateConfiguration'))
      await s3.putBucketAccelerateConfiguration({
        Bucket,
        AccelerateConfiguration: { Status: next.AccelerateConfiguration?.AccelerationStatus ?? 'Suspended' },
      });
    if (differs('NotificationConfiguration'))
      await s3.putBucketNotificationConfiguration({
        Bucket,
        NotificationConfiguration: news.note(Bucket, region, notifications(next.NotificationConfiguration)),
        SkipDestinationValidation: true,
      });
    if (differs('Tags')) {
      if (next.Tags?.length) await s3.putBucketTagging({ Bucket, Tagging: { TagSet: next.Tags } });
      else await s3.deleteBucketTagging({ Bucket });
    }
  }

  function result(name: string, region: string) {
    return {
      physicalId: name,
      attributes: {
        Arn: `arn:aws:s3:::${name}`,
        DomainName: `${name}.s3.amazonaws.com`,
        DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
        RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
        WebsiteURL: `http://${name}.s3-website-${region}.amazonaws.com`,
      },
    };
  }

  return {
    create: async (request) => {
      const wanted = Bucket.parse(request.properties);
      const name = wanted.BucketName ?? request.generatedName(63, true);
      const s3 = await aws.s3(request.region);
      // In us-east-1 the API lets an owner create a bucket twice; CloudFormation reports it.
      if (await unlessMissing(s3.headBucket({ Bucket: name })))
        throw new ProviderError(`${name} already exists`, 'AlreadyExists');
      await s3.createBucket({
        Bucket: name,
        ObjectLockEnabledForBucket: wanted.ObjectLockEnabled,
        ...(request.region !== 'us-east-1' && {
          CreateBucketConfiguration: { LocationConstraint: passedRegion(request.region) },
        }),
      });
      await orUndo(
        () => settle(name, wanted, {}, request.region),
        () => s3.deleteBucket({ Bucket: name }),
      );
      return result(name, request.region);
    },
    update: async (request) => {
      const next = Bucket.parse(request.properties);
      await settle(request.physicalId, next, Bucket.parse(request.previous), request.region);
      return result(request.physicalId, request.region);
    },
    delete: async (request) => {
      const s3 = await aws.s3(request.region);
      await s3.deleteBucket({ Bucket: request.physicalId });
      news.forget(request.physicalId);
    },
  };
}

/** The SDK lists the regions that it knows as a type; which ones there are is the service's business. */
function passedRegion(region: string): S3.BucketLocationConstraint {
  return z.custom<S3.BucketLocationConstraint>((value) => typeof value === 'string').parse(region);
}

const BucketPolicy = z.looseObject({ Bucket: text, PolicyDocument: document });

const PolicyDocument = z.looseObject({
  Statement: z.union([
    z.array(z.looseObject({ Condition: z.unknown().optional() })),
    z.looseObject({ Condition: z.unknown().optional() }).transform((statement) => [statement]),
  ]),
});

/**
 * AWS::S3::BucketPolicy. Statements with a condition are left out: moto does not evaluate conditions, so that a policy
 * which refuses plain HTTP would refuse every request.
 */
export function bucketPolicy(aws: Aws): ResourceProvider {
  async function put(properties: unknown, region: string) {
    const wanted = BucketPolicy.parse(properties);
    const s3 = await aws.s3(region);
    const policy = PolicyDocument.parse(JSON.parse(wanted.PolicyDocument));
    const unconditional = policy.Statement.filter((statement) => statement.Condition === undefined);
    if (unconditional.length > 0)
      await s3.putBucketPolicy({
        Bucket: wanted.Bucket,
        Policy: JSON.stringify({ ...policy, Statement: unconditional }),
      });
    // Also tells whether the bucket exists at all when there is nothing left to put.
    else await s3.deleteBucketPolicy({ Bucket: wanted.Bucket });
    return { physicalId: wanted.Bucket, attributes: {} };
  }

  return {
    create: (request) => put(request.properties, request.region),
    update: (request) => put(request.properties, request.region),
    delete: async (request) => {
      const s3 = await aws.s3(request.region);
      await s3.deleteBucketPolicy({ Bucket: request.physicalId });
    },
  };
}
