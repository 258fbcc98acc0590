import * as vscode from 'vscode';
import { environmentIcon } from './infrastructure-model.ts';
import type { EnvironmentChoice, LocalAwsState, ProjectState } from './state.ts';
import { t } from './text.ts';

/** Lets the user choose an environment. `local` stands apart from the accounts. */
export async function pickEnvironment(project: ProjectState, localAws: LocalAwsState): Promise<string | undefined> {
  const accounts = project.environments.filter((environment) => environment.kind === 'aws');
  const locals = project.environments.filter((environment) => environment.kind === 'local');
  const items: EnvironmentItem[] = [
    separator(t('This machine')),
    ...locals.map((environment) => environmentItem(environment, project, localAws)),
    ...(accounts.length > 0 ? [separator(t('AWS accounts'))] : []),
    ...accounts.map((environment) => environmentItem(environment, project, localAws)),
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: t('Environment of {0}', project.name),
    placeHolder: t('Preview, Deploy and the Infrastructure view are about this environment'),
    matchOnDescription: true,
  });
  return chosen?.environment;
}

interface EnvironmentItem extends vscode.QuickPickItem {
  environment?: string;
}

function separator(label: string): EnvironmentItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

function environmentItem(
  environment: EnvironmentChoice,
  project: ProjectState,
  localAws: LocalAwsState,
): EnvironmentItem {
  const { id } = environmentIcon(environment.kind, environment.protected);
  return {
    label: `$(${id}) ${environment.name}`,
    description: environment.name === project.selected ? t('selected') : '',
    detail: environment.kind === 'local' ? localDetail(localAws) : accountDetail(environment),
    environment: environment.name,
  };
}

function localDetail(localAws: LocalAwsState): string {
  switch (localAws.kind) {
    case 'running':
      return t('An AWS on this machine, at {0}: no account, no cost', localAws.endpoint);
    case 'starting':
      return t('An AWS on this machine: it is starting');
    case 'unknown':
      return t('An AWS on this machine: no account, no cost');
    case 'stopped':
      return t('An AWS on this machine: not running yet, no account, no cost');
  }
}

function accountDetail(environment: EnvironmentChoice): string {
  return [
    environment.region,
    environment.account ? t('account {0}', environment.account) : t('the account of your credentials'),
    ...(environment.profile ? [t('profile {0}', environment.profile)] : []),
    ...(environment.protected ? [t('protected')] : []),
  ].join(' · ');
}

/** Lets the user choose a credentials profile. `default chain` is a choice like any other. */
export async function pickProfile(
  environment: EnvironmentChoice,
  profiles: readonly string[],
): Promise<{ profile: string | undefined } | undefined> {
  const chain: vscode.QuickPickItem = {
    label: t('Default credentials'),
    detail: t('Environment variables, the profile default, or the role of this machine, as the AWS SDK finds them'),
    description: environment.profile === undefined ? t('selected') : '',
  };
  const items = profiles.map(
    (profile): vscode.QuickPickItem => ({
      label: profile,
      description: profile === environment.profile ? t('selected') : '',
    }),
  );
  const chosen = await vscode.window.showQuickPick([chain, ...items], {
    title: t('Credentials for {0}', environment.name),
    placeHolder:
      profiles.length > 0
        ? t('Profiles of your AWS configuration')
        : t('No profile was found: run “aws configure sso” or “aws configure” in a terminal to make one'),
  });
  if (!chosen) return undefined;
  return { profile: chosen === chain ? undefined : chosen.label };
}

/** Which project a command means when nothing says it: the only one, or the one that the user chooses. */
export async function pickProject(
  projects: readonly ProjectState[],
  current: string | undefined,
): Promise<ProjectState | undefined> {
  const known = projects.find((project) => project.id === current);
  if (known || projects.length < 2) return known ?? projects[0];
  const items = projects.map((project) => ({
    label: project.name,
    description: vscode.workspace.asRelativePath(vscode.Uri.parse(project.id)),
    project,
  }));
  return (await vscode.window.showQuickPick(items, { title: t('Which project?') }))?.project;
}
