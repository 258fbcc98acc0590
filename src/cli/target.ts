import type { Blueprint } from '../blueprint/blueprint.ts';
import { isLoopback, localEnvironment, localPort, type Target } from '../deployment/target.ts';

export type TargetOutcome = { status: 'chosen'; target: Target } | { status: 'unknown'; message: string };

/**
 * Where to deploy to. The address of a local AWS comes from the standard environment variable or is the usual one,
 * never from a file that somebody else may have written.
 */
export function chooseTarget(
  blueprint: Blueprint,
  wish: { environment?: string; profile?: string },
  variables: Readonly<Record<string, string | undefined>>,
): TargetOutcome {
  const [first] = Object.keys(blueprint.environments);
  const environment = wish.environment ?? first ?? localEnvironment;
  if (environment === localEnvironment) {
    const asked = variables.AWS_ENDPOINT_URL;
    const endpoint = asked !== undefined && isLoopback(asked) ? asked : `http://127.0.0.1:${localPort}`;
    return { status: 'chosen', target: { kind: 'local', environment, region: blueprint.region, endpoint } };
  }
  const described = Object.hasOwn(blueprint.environments, environment)
    ? blueprint.environments[environment]
    : undefined;
  if (described === undefined) {
    const known = [...Object.keys(blueprint.environments), localEnvironment].join(', ');
    return { status: 'unknown', message: `There is no environment ${environment}. Choose one of: ${known}.` };
  }
  return {
    status: 'chosen',
    target: {
      kind: 'aws',
      environment,
      region: described.region,
      protected: described.protected,
      ...(wish.profile === undefined ? {} : { profile: wish.profile }),
      ...(described.account === undefined ? {} : { account: described.account }),
    },
  };
}

/** `Blog, dev in us-east-2, account 123456789012`; `Blog, local on the local AWS at …`. */
export function placeWords(project: string, target: Target, account: string, endpoint?: string): string {
  const preposition = target.kind === 'local' ? 'on' : 'in';
  return `${project}, ${target.environment} ${preposition} ${targetWords(target, account, endpoint)}`;
}

/** As a person reads it; a local AWS is never mistaken for an account. */
export function targetWords(target: Target, account?: string, endpoint?: string): string {
  if (target.kind === 'local') return `the local AWS at ${target.endpoint} (${target.region})`;
  const where = account === undefined ? target.region : `${target.region}, account ${account}`;
  return endpoint === undefined ? where : `${where}, NOT at AWS but at ${endpoint}`;
}
