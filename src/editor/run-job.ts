import * as vscode from 'vscode';
import type { Blueprint } from '../blueprint/blueprint.ts';
import { runCommand } from './commands.ts';
import { targetOf } from './environments.ts';
import { showObstacle } from './messages.ts';
import { showDialog, showError, showInformation } from './notify.ts';
import type { JobEnd, LoadSession } from './session.ts';
import { settings } from './settings.ts';
import type { EnvironmentChoice } from './state.ts';
import { t } from './text.ts';

/** Runs a job now in an environment, and says how its first attempt ended. */
export async function runJobNow(
  blueprint: Blueprint,
  environment: EnvironmentChoice,
  named: string | undefined,
  loadSession: LoadSession,
): Promise<void> {
  const job = named ?? (await pickJob(blueprint));
  if (job === undefined) return;
  if (environment.protected && !(await isWanted(job, environment.name))) return;
  const session = await loadSession();
  const target = targetOf(environment, settings.endpoint());
  const outcome = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: t('Running {0} in {1}', job, environment.name) },
    () => session.runJob({ target, blueprint, job }),
  );
  if (outcome.kind === 'obstacle') return showObstacle(outcome.obstacle);
  await sayEnd(job, outcome.end);
}

async function pickJob({ jobs }: Blueprint): Promise<string | undefined> {
  if (jobs.length === 0) {
    await showInformation(t('The Blueprint has no jobs.'));
    return undefined;
  }
  const items = jobs.map(({ name, schedule }) => ({ label: name, description: schedule }));
  return (await vscode.window.showQuickPick(items, { title: t('Run which job?') }))?.label;
}

/** A protected environment has real users. */
async function isWanted(job: string, environment: string): Promise<boolean> {
  const run = t('Run Now');
  const question = t('Run {0} in {1} now?', job, environment);
  return (
    (await showDialog(
      question,
      t('The environment is protected. The job does there what it does by its schedule.'),
      run,
    )) === run
  );
}

async function sayEnd(job: string, end: JobEnd): Promise<void> {
  const view = t('View Logs');
  const chosen = await (end.status === 'failed' ? showError : showInformation)(endText(job, end), view);
  if (chosen === view) await runCommand('viewLogs');
}

function endText(job: string, end: JobEnd): string {
  switch (end.status) {
    case 'done':
      return t('{0} is done, in {1} s.', job, end.seconds.toFixed(1));
    case 'failed':
      return end.retryInSeconds === undefined
        ? t('{0} failed for the last time; the run is in the dead-letter queue.', job)
        : t('{0} failed; it is tried again in {1} s.', job, end.retryInSeconds);
    case 'open':
      return t('{0} is in its queue. It has not ended yet.', job);
  }
}
