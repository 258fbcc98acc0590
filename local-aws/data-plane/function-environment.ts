import type { RoleCredentials } from '../iam/credentials.ts';

interface FunctionFacts {
  name: string;
  version: string;
  region: string;
  memoryMegabytes: number;
  taskRoot: string;
  handler: string;
  runtime: string;
  logGroup: string;
  logStream: string;
  selfUrl: string;
  /** Of the function's role. */
  credentials: RoleCredentials;
  /** The function's own. */
  variables: Record<string, string>;
}

/** What the operating system needs to find programs and temporary files. Nothing else of this process's environment is passed on. */
const inherited = ['PATH', 'LANG', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'HOME', 'USERPROFILE'];

/**
 * A function's environment: its own variables, those of Lambda's runtime, and what keeps it on this machine: credentials
 * of its role that are good here only, the local endpoint for every service, and no way to the user's AWS profiles or to instance metadata.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function functionEnvironment(facts: FunctionFacts): Record<string, string> {
  const system = Object.fromEntries(
    inherited.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  return {
    ...system,
    TZ: ':UTC',
    ...facts.variables,
    AWS_REGION: facts.region,
    AWS_DEFAULT_REGION: facts.region,
    AWS_ACCESS_KEY_ID: facts.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: facts.credentials.secretAccessKey,
    AWS_SESSION_TOKEN: facts.credentials.sessionToken,
    AWS_ENDPOINT_URL: facts.selfUrl.replace(/\/+$/, ''),
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_EXECUTION_ENV: `AWS_Lambda_${facts.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: facts.name,
    AWS_LAMBDA_FUNCTION_VERSION: facts.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(facts.memoryMegabytes),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: facts.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: facts.logStream,
    // The SDK would remind each function that this Node.js is older than Lambda's.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    LAMBDA_TASK_ROOT: facts.taskRoot,
    LAMBDA_RUNTIME_DIR: facts.taskRoot,
    _HANDLER: facts.handler,
  };
}
