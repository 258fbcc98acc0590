import type { Blueprint } from '../blueprint/blueprint.ts';
import type { Region } from '../blueprint/schema.ts';
import { localEnvironment, type Target } from '../deployment/target.ts';
import type { EnvironmentChoice } from './state.ts';

/**
 * The environments that a project offers: those of its Blueprint in their order, and `local` last, always. A
 * Blueprint that was never sound offers `local` alone.
 */
export function environmentChoices(
  blueprint: Blueprint | undefined,
  profileFor: (environment: string) => string | undefined,
): EnvironmentChoice[] {
  const declared = Object.entries(blueprint?.environments ?? {})
    .filter(([name]) => name !== localEnvironment)
    .map(([name, environment]): EnvironmentChoice => {
      const profile = profileFor(name);
      return {
        name,
        kind: 'aws',
        region: environment.region,
        protected: environment.protected,
        ...(environment.account ? { account: environment.account } : {}),
        ...(profile ? { profile } : {}),
      };
    });
  const region = blueprint?.region ?? fallbackRegion;
  return [...declared, { name: localEnvironment, kind: 'local', region, protected: false }];
}

/** Shown for `local` while no sound Blueprint says another. */
const fallbackRegion: Region = 'us-east-2';

/** Where a deployment to an environment goes. `endpoint` is used for `local` only, and only ever comes from the user's own settings. */
export function targetOf(environment: EnvironmentChoice, endpoint: string): Target {
  const { region } = environment;
  if (environment.kind === 'local') return { kind: 'local', environment: localEnvironment, region, endpoint };
  return {
    kind: 'aws',
    environment: environment.name,
    region,
    protected: environment.protected,
    ...(environment.profile ? { profile: environment.profile } : {}),
    ...(environment.account ? { account: environment.account } : {}),
  };
}
