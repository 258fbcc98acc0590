import { isProduction } from './confirmation.ts';
import { environmentIcon } from './infrastructure-model.ts';
import { type EnvironmentChoice, isDeploying, type LocalAwsState, type ProjectState } from './state.ts';
import { t } from './text.ts';

/** What the status bar says of the environment in sight. */
export interface StatusBarLine {
  text: string;
  tooltip: string;
  spoken: string;
  /** Drawn as a warning: what is pressed here reaches users. */
  production: boolean;
}

export function statusBarLine(
  project: ProjectState,
  environment: EnvironmentChoice,
  localAws: LocalAwsState,
): StatusBarLine {
  const local = environment.kind === 'local';
  const icon = environmentIcon(environment.kind, environment.protected).id;
  const deploying = isDeploying(project);
  const account = project.live.kind === 'read' ? project.live.identity.account : environment.account;
  const place = local ? localPlace(localAws) : account ? `${environment.region} · ${account}` : environment.region;
  return {
    text: `$(${deploying ? 'sync~spin' : icon}) ${environment.name} · ${place}`,
    tooltip: [
      t('Backdrift: {0}', project.name),
      t('Environment {0}', environment.name),
      local ? t('An AWS on this machine: no account, no cost.') : t('Region {0}', environment.region),
      ...(local ? [] : [account ? t('Account {0}', account) : t('The account is not known yet.')]),
      ...(environment.profile ? [t('Credentials profile {0}', environment.profile)] : []),
      t('Press to select another environment.'),
    ].join('\n'),
    spoken: t('Backdrift environment {0}, {1}', environment.name, place),
    production: !local && isProduction(environment),
  };
}

function localPlace(localAws: LocalAwsState): string {
  switch (localAws.kind) {
    case 'unknown':
    case 'running':
      return t('local AWS');
    case 'starting':
      return t('local AWS is starting');
    case 'stopped':
      return t('local AWS is not running');
  }
}
