import type { Template, TemplateResource, TemplateValue } from '../../src/stacks/template.ts';

export function template(resources: Record<string, TemplateResource>, more: Partial<Template> = {}): Template {
  return { AWSTemplateFormatVersion: '2010-09-09', Description: 'A test', Resources: resources, ...more };
}

export function resource(
  type: string,
  properties: { [key: string]: TemplateValue } = {},
  more: Partial<TemplateResource> = {},
): TemplateResource {
  return { Type: type, Properties: properties, ...more };
}

export function labelled(label: string, source: string): Pick<TemplateResource, 'Metadata'> {
  return { Metadata: { Backdrift: { label, source } } };
}

const index = (name: string, partition: string): TemplateValue => ({
  IndexName: name,
  KeySchema: [{ AttributeName: partition, KeyType: 'HASH' }],
  Projection: { ProjectionType: 'ALL' },
});

/** A table as the templates have it, with an index for each of the given fields. */
export function table(
  plural: string,
  indexed: string[] = [],
  more: { [key: string]: TemplateValue } = {},
): TemplateResource {
  return resource(
    'AWS::DynamoDB::Table',
    {
      AttributeDefinitions: ['id', ...indexed].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      ...(indexed.length > 0 ? { GlobalSecondaryIndexes: indexed.map((name) => index(`by_${name}`, name)) } : {}),
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      ...more,
    },
    { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain', ...labelled(`${plural}-table`, `entities.${plural}`) },
  );
}

export function lambda(label: string, code: string, more: { [key: string]: TemplateValue } = {}): TemplateResource {
  return resource(
    'AWS::Lambda::Function',
    {
      Code: { S3Bucket: { Ref: 'ArtifactBucket' }, S3Key: `artifacts/${code}.zip` },
      Handler: 'index.list',
      Runtime: 'nodejs22.x',
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Environment: { Variables: { TABLE_TASK: { Ref: 'TasksTable' } } },
      ...more,
    },
    labelled(label, 'api.resources.task'),
  );
}
