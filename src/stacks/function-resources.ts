import { type Grant, loggingGrant, policyDocument } from './iam.ts';
import { attribute, metadata, ref } from './layer.ts';
import type { NameScope } from './names.ts';
import type { TemplateResource, TemplateValue } from './template.ts';

/** The newest Node.js that Lambda supports for as long as possible (to April 2028). https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html */
export const nodeRuntime = 'nodejs24.x';

/** The stack parameter with the bucket of code. */
export const artifactBucketParameter = 'ArtifactBucket';
/** The stack parameter with the permissions boundary of every role; '' for none. */
export const boundaryParameter = 'PermissionsBoundaryArn';
export const boundaryCondition = 'HasPermissionsBoundary';

/** A Lambda function as the Blueprint needs it, with its role and its log group. */
export interface FunctionPlan {
  /** What its logical ids start with: `CreateTask`. */
  stem: string;
  /** Its explicit name in AWS. */
  name: string;
  label: string;
  source: string;
  /** `index.list`: the export of `index.mjs` that answers. */
  handler: string;
  /** MB. A gigabyte has 0.57 of a processor, so too little memory is slow as well. */
  memory: number;
  /** Seconds. */
  timeout: number;
  environment: Record<string, TemplateValue>;
  grants: Grant[];
  /** Key of the zip in the artifact bucket. */
  artifact: string;
  durable?: TemplateValue;
}

/** Function, role and log group. The role is the function's alone; the log group exists before the first log line. */
export function functionResources(
  scope: NameScope & { logRetentionDays: number },
  plan: FunctionPlan,
): Record<string, TemplateResource> {
  const { stem, label, source } = plan;
  return {
    [`${stem}Function`]: {
      Type: 'AWS::Lambda::Function',
      Metadata: metadata(label, source),
      Properties: functionProperties(plan),
    },
    [`${stem}Role`]: {
      Type: 'AWS::IAM::Role',
      Metadata: metadata(`${label}-role`, source),
      Properties: {
        Description: `What ${plan.name} may do`,
        Path: `/backdrift/${scope.slug}/${scope.environment}/`,
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        },
        PermissionsBoundary: {
          'Fn::If': [boundaryCondition, ref(boundaryParameter), ref('AWS::NoValue')],
        },
        Policies: [
          {
            PolicyName: 'least-privilege',
            PolicyDocument: policyDocument([loggingGrant(plan.name), ...plan.grants]),
          },
        ],
        Tags: [
          { Key: 'backdrift:project', Value: scope.slug },
          { Key: 'backdrift:environment', Value: scope.environment },
        ],
      },
    },
    [`${stem}LogGroup`]: {
      Type: 'AWS::Logs::LogGroup',
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
      Metadata: metadata(`${label}-logs`, source),
      Properties: { LogGroupName: `/aws/lambda/${plan.name}`, RetentionInDays: scope.logRetentionDays },
    },
  };
}

function functionProperties(plan: FunctionPlan): Record<string, TemplateValue> {
  const variables = Object.entries(plan.environment).sort(([left], [right]) => (left < right ? -1 : 1));
  return {
    FunctionName: plan.name,
    Runtime: nodeRuntime,
    Architectures: ['arm64'],
    Handler: plan.handler,
    Code: { S3Bucket: ref(artifactBucketParameter), S3Key: plan.artifact },
    Role: attribute(`${plan.stem}Role`, 'Arn'),
    MemorySize: plan.memory,
    Timeout: plan.timeout,
    ...(variables.length === 0 ? {} : { Environment: { Variables: Object.fromEntries(variables) } }),
    LoggingConfig: { LogFormat: 'JSON', LogGroup: ref(`${plan.stem}LogGroup`) },
    ...(plan.durable === undefined ? {} : { DurableConfig: plan.durable }),
  };
}
