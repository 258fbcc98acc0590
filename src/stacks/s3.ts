import { kebabCase } from '../blueprint/naming.ts';
import { closedBucket, tlsOnlyPolicy, withoutOldVersions } from './closed-bucket.ts';
import { attribute, type LayerContent, metadata, ref, sub } from './layer.ts';
import { pascal } from './names.ts';
import type { Scope } from './scope.ts';
import type { TemplateResource } from './template.ts';
import { writeMembers } from './written.ts';

/** The logical id of the bucket of a storage. */
function bucketId(storage: string): string {
  return `${pascal(storage)}Bucket`;
}

/** The output, and parameter in other stacks, with a bucket's name. */
export function bucketParameter(storage: string): string {
  return `${bucketId(storage)}Name`;
}

/**
 * One bucket per storage: closed to the public, TLS only, encrypted, and never deleted with its stack. Files are
 * reached through signed URLs, so browsers need CORS where the API has it: POST is the form of an upload, PUT an
 * address that a function of the user's signed. Uploads that were begun and not finished are removed after a week,
 * because they are billed.
 */
export function s3(scope: Scope): LayerContent {
  const { storage, api } = scope.blueprint;
  const resources: Record<string, TemplateResource> = {};
  for (const { name, versioning } of storage) {
    const id = bucketId(name);
    const label = `${kebabCase(name)}-bucket`;
    const source = `storage.${name}`;
    resources[id] = {
      Type: 'AWS::S3::Bucket',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Metadata: metadata(label, source),
      Properties: {
        ...closedBucket,
        ...withoutOldVersions,
        ...(versioning ? { VersioningConfiguration: { Status: 'Enabled' } } : {}),
        ...(api?.cors === undefined
          ? {}
          : {
              CorsConfiguration: {
                CorsRules: [
                  {
                    AllowedMethods: ['GET', 'HEAD', 'PUT', 'POST'],
                    AllowedOrigins: [...api.cors.origins],
                    AllowedHeaders: ['*'],
                    ExposedHeaders: ['ETag'],
                    MaxAge: 600,
                  },
                ],
              },
            }),
      },
    };
    resources[`${id}Policy`] = {
      Type: 'AWS::S3::BucketPolicy',
      Metadata: metadata(`${label}-policy`, source),
      Properties: {
        Bucket: ref(id),
        PolicyDocument: tlsOnlyPolicy([attribute(id, 'Arn'), sub(`\${${id}.Arn}/*`)]),
      },
    };
  }
  return {
    resources: [writeMembers(resources)],
    outputs: Object.fromEntries(
      storage.map(({ name }) => [
        bucketParameter(name),
        { Description: `The bucket of ${name}`, Value: ref(bucketId(name)) },
      ]),
    ),
  };
}
