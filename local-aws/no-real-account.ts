/**
 * An environment for a process of the local AWS, without the user's own AWS: no credentials, profiles, configuration or
 * addresses (`AWS_…`), nothing that steers Node itself. What it starts (moto, the functions) can read its environment
 * from the system, also where it is given another, so the real one must never get that far.
 */
export function withoutRealAccount(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !/^(?:AWS_|AMAZON_|BOTO_|NODE_OPTIONS$)/i.test(name));
  return {
    ...Object.fromEntries(kept),
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
