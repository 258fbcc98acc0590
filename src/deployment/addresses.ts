import type { Layer } from '../stacks/stack.ts';
import type { FrontendConfig } from './ports.ts';
import type { Target } from './target.ts';

/** Outputs of live stacks, by layer. */
export type LiveOutputs = ReadonlyMap<Layer, Record<string, string>>;

/** Where the deployed API answers, without a trailing slash; undefined while there is none. */
export function apiUrl(target: Target, outputs: LiveOutputs): string | undefined {
  const api = outputs.get('api');
  if (api === undefined) return undefined;
  if (target.kind === 'aws') return api.ApiUrl?.replace(/\/+$/, '');
  if (api.RestApiId === undefined || api.StageName === undefined) return undefined;
  return `${target.endpoint.replace(/\/+$/, '')}/_api/${api.RestApiId}/${api.StageName}`;
}

/** What a deployed frontend is told about its backend. Nothing in it is secret. */
export function frontendConfig(target: Target, project: string, outputs: LiveOutputs): FrontendConfig {
  const url = apiUrl(target, outputs);
  const { UserPoolId, UserPoolClientId } = outputs.get('cognito') ?? {};
  return {
    project,
    environment: target.environment,
    region: target.region,
    ...(url === undefined ? {} : { apiUrl: url }),
    ...(UserPoolId === undefined || UserPoolClientId === undefined
      ? {}
      : { auth: { userPoolId: UserPoolId, clientId: UserPoolClientId } }),
  };
}

/** Where the published frontend answers; undefined while there is none. */
export function frontendUrl(target: Target, outputs: LiveOutputs): string | undefined {
  const { AppId, BranchName, DefaultDomain } = outputs.get('amplify') ?? {};
  if (AppId === undefined || BranchName === undefined) return undefined;
  if (target.kind === 'local') return `${target.endpoint.replace(/\/+$/, '')}/_amplify/${AppId}/${BranchName}/`;
  return DefaultDomain === undefined ? undefined : `https://${BranchName}.${DefaultDomain}`;
}
