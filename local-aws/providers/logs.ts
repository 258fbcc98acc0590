import * as z from 'zod';
import { type Aws, localAccount } from './aws.ts';
import { orUndo } from './failure.ts';
import { difference, number, tagMap, tags, text } from './property.ts';
import type { ResourceProvider } from './provider.ts';

const LogGroup = z.looseObject({
  LogGroupName: text.optional(),
  RetentionInDays: number.optional(),
  KmsKeyId: text.optional(),
  LogGroupClass: z.enum(['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY']).optional(),
  Tags: tags.optional(),
});

/**
 * AWS::Logs::LogGroup. DataProtectionPolicy, FieldIndexPolicies, ResourcePolicyDocument and
 * BearerTokenAuthenticationEnabled are left out: nothing reads them here.
 */
export function logGroup(aws: Aws): ResourceProvider {
  const attributes = (name: string, region: string) => ({
    Arn: `arn:aws:logs:${region}:${localAccount}:log-group:${name}:*`,
  });
  return {
    create: async (request) => {
      const wanted = LogGroup.parse(request.properties);
      const name = wanted.LogGroupName ?? request.generatedName(512);
      const logs = await aws.logs(request.region);
      await logs.createLogGroup({
        logGroupName: name,
        kmsKeyId: wanted.KmsKeyId,
        logGroupClass: wanted.LogGroupClass,
        tags: wanted.Tags && tagMap(wanted.Tags),
      });
      const days = wanted.RetentionInDays;
      if (days !== undefined)
        await orUndo(
          () => logs.putRetentionPolicy({ logGroupName: name, retentionInDays: days }),
          () => logs.deleteLogGroup({ logGroupName: name }),
        );
      return { physicalId: name, attributes: attributes(name, request.region) };
    },
    update: async (request) => {
      const next = LogGroup.parse(request.properties);
      const previous = LogGroup.parse(request.previous);
      const logGroupName = request.physicalId;
      const logs = await aws.logs(request.region);
      if (next.RetentionInDays !== previous.RetentionInDays) {
        if (next.RetentionInDays === undefined) await logs.deleteRetentionPolicy({ logGroupName });
        else await logs.putRetentionPolicy({ logGroupName, retentionInDays: next.RetentionInDays });
      }
      if (next.KmsKeyId !== previous.KmsKeyId) {
        if (next.KmsKeyId) await logs.associateKmsKey({ logGroupName, kmsKeyId: next.KmsKeyId });
        else await logs.disassociateKmsKey({ logGroupName });
      }
      const resourceArn = attributes(logGroupName, request.region).Arn.replace(/:\*$/, '');
      const tagChange = difference(tagMap(previous.Tags), tagMap(next.Tags));
      if (tagChange.removed.length > 0) await logs.untagResource({ resourceArn, tagKeys: tagChange.removed });
      if (tagChange.put.length > 0) await logs.tagResource({ resourceArn, tags: Object.fromEntries(tagChange.put) });
      return { physicalId: logGroupName, attributes: attributes(logGroupName, request.region) };
    },
    delete: async (request) => {
      const logs = await aws.logs(request.region);
      await logs.deleteLogGroup({ logGroupName: request.physicalId });
    },
  };
}
