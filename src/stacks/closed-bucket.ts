import type { TemplateValue } from './template.ts';

const abortUnfinishedUploads: TemplateValue = {
  Id: 'abort-unfinished-uploads',
  Status: 'Enabled',
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
};

/** What every bucket of ours has: closed to the public, no ACLs, encrypted, rid of uploads that were never finished. */
export const closedBucket: { readonly [property: string]: TemplateValue } = {
  PublicAccessBlockConfiguration: {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  },
  OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
  BucketEncryption: {
    ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
  },
  LifecycleConfiguration: {
    Rules: [abortUnfinishedUploads],
  },
};

/**
 * Old versions go after 30 days, and what marks a file as deleted goes with the last of them. Also where versioning is
 * off: it may have been on, and versions from then are billed.
 */
export const withoutOldVersions: { readonly [property: string]: TemplateValue } = {
  LifecycleConfiguration: {
    Rules: [
      abortUnfinishedUploads,
      {
        Id: 'expire-old-versions',
        Status: 'Enabled',
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
        ExpiredObjectDeleteMarker: true,
      },
    ],
  },
};

/** A bucket policy that refuses plain HTTP. `resources`: the bucket and everything in it, as ARNs. */
export function tlsOnlyPolicy(resources: TemplateValue[]): TemplateValue {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: resources,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  };
}
