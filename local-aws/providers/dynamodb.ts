import type * as DynamoDB from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Aws } from './aws.ts';
import { orUndo } from './failure.ts';
import { changed, document, flag, passed, type Tags, tags, text } from './property.ts';
import { ProviderError, type ProviderRequest, type ProviderResult, type ResourceProvider } from './provider.ts';

const Index = z.looseObject({ IndexName: text });
type Index = z.infer<typeof Index>;

const Table = z.looseObject({
  TableName: text.optional(),
  AttributeDefinitions: passed<DynamoDB.AttributeDefinition[]>(),
  KeySchema: passed<DynamoDB.KeySchemaElement[]>(),
  BillingMode: z.enum(['PAY_PER_REQUEST', 'PROVISIONED']).optional(),
  ProvisionedThroughput: passed<DynamoDB.ProvisionedThroughput>().optional(),
  OnDemandThroughput: passed<DynamoDB.OnDemandThroughput>().optional(),
  GlobalSecondaryIndexes: z.array(Index).optional(),
  LocalSecondaryIndexes: passed<DynamoDB.LocalSecondaryIndex[]>().optional(),
  StreamSpecification: z
    .looseObject({ StreamViewType: z.enum(['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY']) })
    .optional(),
  SSESpecification: z
    .looseObject({ SSEEnabled: flag, SSEType: z.enum(['AES256', 'KMS']).optional(), KMSMasterKeyId: text.optional() })
    .optional(),
  TableClass: z.enum(['STANDARD', 'STANDARD_INFREQUENT_ACCESS']).optional(),
  DeletionProtectionEnabled: flag.optional(),
  PointInTimeRecoverySpecification: z.looseObject({ PointInTimeRecoveryEnabled: flag.optional() }).optional(),
  TimeToLiveSpecification: z.looseObject({ AttributeName: text.optional(), Enabled: flag }).optional(),
  ResourcePolicy: z.looseObject({ PolicyDocument: document }).optional(),
  Tags: tags.optional(),
});
type Table = z.infer<typeof Table>;

/** An index as the API takes it: the template's shape is the API's, whatever is in it is the service's to judge. */
function apiIndex(index: Index): DynamoDB.GlobalSecondaryIndex {
  return passed<DynamoDB.GlobalSecondaryIndex>().parse(index);
}

function encryption(table: Table): DynamoDB.SSESpecification | undefined {
  const wanted = table.SSESpecification;
  return wanted && { Enabled: wanted.SSEEnabled, SSEType: wanted.SSEType, KMSMasterKeyId: wanted.KMSMasterKeyId };
}

/** The one index change that a single update may make. DynamoDB allows one creation or deletion at a time. */
function indexChange(
  there: readonly DynamoDB.GlobalSecondaryIndexDescription[],
  next: Table,
): DynamoDB.GlobalSecondaryIndexUpdate | undefined {
  const before = new Map(there.map((index) => [index.IndexName ?? '', index]));
  const after = new Map((next.GlobalSecondaryIndexes ?? []).map((index) => [index.IndexName, index]));
  const created = [...after.values()].filter((index) => !before.has(index.IndexName));
  const deleted = [...before.keys()].filter((name) => !after.has(name));
  if (created.length + deleted.length > 1)
    throw new ProviderError(
      'Cannot perform more than one GSI creation or deletion in a single update',
      'InvalidRequest',
    );
  for (const [name, index] of after) {
    const was = before.get(name);
    if (was && changed({ ...was }, index, 'KeySchema', 'Projection'))
      throw new ProviderError(
        "Cannot update GSI's properties other than Provisioned Throughput and Contributor Insights Specification. " +
          'You can create a new GSI with a different name.',
        'InvalidRequest',
      );
  }
  if (created[0]) return { Create: apiIndex(created[0]) };
  if (deleted[0] !== undefined) return { Delete: { IndexName: deleted[0] } };
  return undefined;
}

/**
 * AWS::DynamoDB::Table. ContributorInsightsSpecification, KinesisStreamSpecification, ImportSourceSpecification and
 * WarmThroughput are left out: nothing in a local table depends on them.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
 */
export function table(aws: Aws): ResourceProvider {
  async function result(name: string, region: string): Promise<ProviderResult> {
    const dynamodb = await aws.dynamodb(region);
    const { Table: made } = await dynamodb.describeTable({ TableName: name });
    return {
      physicalId: name,
      attributes: {
        Arn: made?.TableArn ?? '',
        ...(made?.LatestStreamArn && { StreamArn: made.LatestStreamArn }),
      },
    };
  }

  /** Settings that the API keeps apart from the table itself. */
  async function settle(name: string, next: Table, previous: Partial<Table>, region: string): Promise<void> {
    const dynamodb = await aws.dynamodb(region);
    const recovery = next.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled ?? false;
    if (recovery !== (previous.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled ?? false))
      await dynamodb.updateContinuousBackups({
        TableName: name,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: recovery },
      });
    await settleTimeToLive(name, next, previous, region);
    if (next.ResourcePolicy && changed(previous, next, 'ResourcePolicy')) {
      const { TableArn } = (await dynamodb.describeTable({ TableName: name })).Table ?? {};
      await dynamodb.putResourcePolicy({ ResourceArn: TableArn, Policy: next.ResourcePolicy.PolicyDocument });
    }
  }

  async function settleTimeToLive(name: string, next: Table, previous: Partial<Table>, region: string) {
    const dynamodb = await aws.dynamodb(region);
    const wanted = next.TimeToLiveSpecification;
    const had = previous.TimeToLiveSpecification;
    if (!changed(previous, next, 'TimeToLiveSpecification')) return;
    if (had?.Enabled && wanted?.Enabled && had.AttributeName !== wanted.AttributeName)
      throw new ProviderError(
        `TimeToLive is active on a different AttributeName: current AttributeName is ${had.AttributeName}`,
        'InvalidRequest',
      );
    const attribute = wanted?.AttributeName ?? had?.AttributeName;
    if ((wanted?.Enabled ?? false) !== (had?.Enabled ?? false))
      await dynamodb.updateTimeToLive({
        TableName: name,
        TimeToLiveSpecification: { AttributeName: attribute, Enabled: wanted?.Enabled ?? false },
      });
  }

  async function retag(arn: string | undefined, next: Tags, previous: Tags, region: string): Promise<void> {
    const dynamodb = await aws.dynamodb(region);
    const gone = previous.map(({ Key }) => Key).filter((key) => !next.some(({ Key }) => Key === key));
    if (gone.length > 0) await dynamodb.untagResource({ ResourceArn: arn, TagKeys: gone });
    if (next.length > 0) await dynamodb.tagResource({ ResourceArn: arn, Tags: next });
  }

  async function create(request: ProviderRequest): Promise<ProviderResult> {
    const wanted = Table.parse(request.properties);
    const name = wanted.TableName ?? request.generatedName(255);
    const dynamodb = await aws.dynamodb(request.region);
    await dynamodb.createTable({
      TableName: name,
      AttributeDefinitions: wanted.AttributeDefinitions,
      KeySchema: wanted.KeySchema,
      BillingMode: wanted.BillingMode ?? 'PROVISIONED',
      ProvisionedThroughput: wanted.ProvisionedThroughput,
      OnDemandThroughput: wanted.OnDemandThroughput,
      GlobalSecondaryIndexes: wanted.GlobalSecondaryIndexes?.map(apiIndex),
      LocalSecondaryIndexes: wanted.LocalSecondaryIndexes,
      StreamSpecification: wanted.StreamSpecification && {
        StreamEnabled: true,
        StreamViewType: wanted.StreamSpecification.StreamViewType,
      },
      SSESpecification: encryption(wanted),
      TableClass: wanted.TableClass,
      DeletionProtectionEnabled: wanted.DeletionProtectionEnabled,
      Tags: wanted.Tags,
    });
    return orUndo(
      async () => {
        await settle(name, wanted, {}, request.region);
        return await result(name, request.region);
      },
      async () => {
        if (wanted.DeletionProtectionEnabled)
          await dynamodb.updateTable({ TableName: name, DeletionProtectionEnabled: false });
        await dynamodb.deleteTable({ TableName: name });
      },
    );
  }

  async function update(
    request: ProviderRequest & { physicalId: string; previous: Record<string, unknown> },
  ): Promise<ProviderResult> {
    const next = Table.parse(request.properties);
    const previous = Table.parse(request.previous);
    const name = request.physicalId;
    const dynamodb = await aws.dynamodb(request.region);
    // Judged before anything is changed, so that a refused update leaves the table as it was.
    // What the table has counts, not what was asked for last: an update that was refused is undone by asking again.
    const { Table: there } = await dynamodb.describeTable({ TableName: name });
    const index = indexChange(there?.GlobalSecondaryIndexes ?? [], next);
    if (index)
      await dynamodb.updateTable({
        TableName: name,
        AttributeDefinitions: index.Create ? next.AttributeDefinitions : undefined,
        GlobalSecondaryIndexUpdates: [index],
      });
    const own: (keyof Table)[] = ['BillingMode', 'ProvisionedThroughput', 'OnDemandThroughput', 'TableClass'];
    if (changed(previous, next, ...own.map(String), 'DeletionProtectionEnabled'))
      await dynamodb.updateTable({
        TableName: name,
        BillingMode: next.BillingMode ?? 'PROVISIONED',
        ProvisionedThroughput: next.ProvisionedThroughput,
        OnDemandThroughput: next.OnDemandThroughput,
        TableClass: next.TableClass,
        DeletionProtectionEnabled: next.DeletionProtectionEnabled ?? false,
      });
    if (changed(previous, next, 'SSESpecification'))
      await dynamodb.updateTable({ TableName: name, SSESpecification: encryption(next) ?? { Enabled: false } });
    if (changed(previous, next, 'StreamSpecification')) {
      // A stream's view type cannot be edited: the old stream ends and a new one begins.
      if (previous.StreamSpecification)
        await dynamodb.updateTable({ TableName: name, StreamSpecification: { StreamEnabled: false } });
      if (next.StreamSpecification)
        await dynamodb.updateTable({
          TableName: name,
          StreamSpecification: { StreamEnabled: true, StreamViewType: next.StreamSpecification.StreamViewType },
        });
    }
    await settle(name, next, previous, request.region);
    const made = await result(name, request.region);
    if (changed(previous, next, 'Tags'))
      await retag(made.attributes.Arn, next.Tags ?? [], previous.Tags ?? [], request.region);
    return made;
  }

  return {
    create,
    update,
    delete: async ({ physicalId, region }) => {
      const dynamodb = await aws.dynamodb(region);
      await dynamodb.deleteTable({ TableName: physicalId });
    },
    /** The registry marks KeySchema as create-only under conditions; the template reference says both always replace. */
    replaces: (previous, next) => changed(previous, next, 'KeySchema', 'LocalSecondaryIndexes'),
  };
}
