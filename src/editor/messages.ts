import * as vscode from 'vscode';
import { runCommand } from './commands.ts';
import { showError, showWarning } from './notify.ts';
import type { Obstacle } from './session.ts';
import { aboutCredentials } from './state.ts';
import { t } from './text.ts';

/** Tells the user what stands in the way and offers the remedy, where the editor has one. */
export async function showObstacle(obstacle: Obstacle): Promise<void> {
  const text = obstacle.hint ? `${obstacle.message} ${obstacle.hint}` : obstacle.message;
  const remedies = remediesFor(obstacle.code);
  const chosen = await showError(text, ...remedies.map((remedy) => remedy.title));
  await remedies.find((remedy) => remedy.title === chosen)?.run();
}

interface Remedy {
  title: string;
  run(): Promise<void>;
}

function remediesFor(code: string): Remedy[] {
  const showOutput: Remedy = { title: t('Show Output'), run: () => runCommand('showOutput') };
  if (aboutCredentials.has(code)) {
    return [
      { title: t('Select Credentials Profile'), run: () => runCommand('selectCredentialsProfile') },
      { title: t('Select Environment'), run: () => runCommand('selectEnvironment') },
    ];
  }
  if (code === 'local-aws-not-running') {
    return [{ title: t('Start Local AWS'), run: () => runCommand('startLocalAws') }, showOutput];
  }
  return [showOutput];
}

/** All that is known of an obstacle, for the output. */
export function obstacleText({ message, hint, cause }: Obstacle): string {
  return [message, hint, cause].filter((part) => part !== undefined).join(' ');
}

/** Says why a command is refused in Restricted Mode, and where trust is given. True when it is refused. */
export async function refusedWithoutTrust(what: string): Promise<boolean> {
  if (vscode.workspace.isTrusted) return false;
  const manage = t('Manage Workspace Trust');
  const chosen = await showWarning(
    t('{0} needs a trusted workspace: it acts with your credentials on what the workspace says.', what),
    manage,
  );
  if (chosen === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  return true;
}
