import type { BlueprintPath } from '../blueprint/problem.ts';
import type { Template } from './template.ts';

/** The layers, in the order in which they are shown. One CloudFormation stack each; a layer without content has none. */
export const layers = [
  'cognito',
  'dynamodb',
  's3',
  'sqs',
  'lambda',
  'api',
  'eventbridge',
  'amplify',
  'cloudwatch',
] as const;
export type Layer = (typeof layers)[number];

/** What a layer is called on screen, and in brackets what it is for: "Cognito Stack (authentication)". */
export const layerTitles: Record<Layer, { title: string; purpose: string }> = {
  cognito: { title: 'Cognito Stack', purpose: 'authentication' },
  dynamodb: { title: 'DynamoDB Stack', purpose: 'database' },
  s3: { title: 'S3 Stack', purpose: 'file storage' },
  sqs: { title: 'SQS Stack', purpose: 'queues' },
  lambda: { title: 'Lambda Stack', purpose: 'functions' },
  api: { title: 'API Gateway Stack', purpose: 'endpoints' },
  eventbridge: { title: 'EventBridge Stack', purpose: 'schedules' },
  amplify: { title: 'Amplify Stack', purpose: 'frontend' },
  cloudwatch: { title: 'CloudWatch Stack', purpose: 'monitoring' },
};

/**
 * Where the value of a stack parameter comes from. References between stacks travel this way, filled in by the engine
 * from live outputs, never as CloudFormation exports (exports deadlock deletes and updates).
 */
export type ParameterSource =
  | { from: 'output'; layer: Layer; output: string }
  /** The bucket of templates and artifacts in the account and region of the deployment. */
  | { from: 'artifact-bucket' }
  /** `true` or `false`: something that holds for the whole account and region, and that no stack of a project owns. */
  | { from: 'account-setting'; setting: AccountSetting }
  | { from: 'value'; value: string };

/** `api-gateway-logs`: API Gateway may write to CloudWatch Logs (GetAccount gives a `cloudwatchRoleArn`). */
export type AccountSetting = 'api-gateway-logs';

/** A zip that a Lambda function of the stack runs. `key` addresses its content: same key, same bytes. */
export interface Artifact {
  /** `artifacts/<sha256>.zip` in the artifact bucket. */
  key: string;
  source:
    | {
        kind: 'runtime' /** model.json beside the runtime's code, as text; `{}` for health, which has no entity. */;
        model: string;
      }
    | { kind: 'files' /** model.json beside the code of a storage's routes, as text. */; model: string }
    | {
        kind: 'function' /** Name in `functions:` or `workflows:`. */;
        function: string;
        /** door.json beside the door, as text, for a function behind the API: the function then stands behind it. */
        door?: string;
      };
}

export interface Stack {
  layer: Layer;
  /** `backdrift-<project>-<environment>-<layer>`. */
  name: string;
  template: Template;
  /** The template as it is uploaded: JSON, keys in a fixed order; the same Blueprint gives the same bytes. */
  body: string;
  parameters: Record<string, ParameterSource>;
  /** Layers that must be complete before this one, all of them present in the same compilation. */
  dependsOn: Layer[];
  artifacts: Artifact[];
}

/** A Blueprint that cannot be deployed as it is: a limit of the service, a feature that the region lacks. */
export interface CompileProblem {
  code: string;
  severity: 'error' | 'warning';
  message: string;
  hint?: string;
  path: BlueprintPath;
}

/** SHA-256 of the code that would be deployed, so that a change of code is a change of the template. */
export interface CodeVersions {
  /** Of the runtime's bundle (`dist/runtime`). */
  runtime: string;
  /** Of the code behind the routes of files (`dist/runtime/files.mjs`); absent where the Blueprint has none. */
  files?: string;
  /** Of each function's bundle, by name in `functions:` and `workflows:`; with what of ours stands around it. */
  functions: Record<string, string>;
}

export interface CompileOptions {
  /** A key of `blueprint.environments`, or `local`. */
  environment: string;
  code: CodeVersions;
}

export interface Compilation {
  /** In the order of `layers`. */
  stacks: Stack[];
  problems: CompileProblem[];
}
