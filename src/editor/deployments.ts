import * as vscode from 'vscode';
import type { DeploymentProgress } from '../deployment/progress.ts';
import { placeOf } from './blueprint-files.ts';
import type { BlueprintReader } from './blueprint-reader.ts';
import { commandIds } from './command-ids.ts';
import { runCommand } from './commands.ts';
import { deployQuestion, type Question } from './confirmation.ts';
import { endMessage } from './deployment-end.ts';
import { targetOf } from './environments.ts';
import { infrastructureViewId } from './infrastructure-view.ts';
import type { LiveReader } from './live-reader.ts';
import type { LocalAws } from './local-aws.ts';
import type { Log } from './log.ts';
import { messageText } from './message-text.ts';
import { obstacleText, refusedWithoutTrust, showObstacle } from './messages.ts';
import { showDialog, showError, showInformation } from './notify.ts';
import type { ComputedPreview, Previews } from './previews.ts';
import type { Agreement, DeployOutcome } from './session.ts';
import { settings } from './settings.ts';
import { isDeploying } from './state.ts';
import type { StateStore } from './state-store.ts';
import { counted, t } from './text.ts';

export interface DeploymentParts {
  store: StateStore;
  reader: BlueprintReader;
  previews: Previews;
  live: LiveReader;
  localAws: LocalAws;
  log: Log;
  /** Shows what would happen, before the question. */
  showPreview(uri: vscode.Uri, preserveFocus: boolean): Promise<void>;
}

/** Deploys a project's selected environment: preview, one question, the engine, and how it ended. */
export class Deployments {
  readonly #parts: DeploymentParts;

  constructor(parts: DeploymentParts) {
    this.#parts = parts;
  }

  async deploy(uri: vscode.Uri): Promise<void> {
    if (await refusedWithoutTrust(t('Deploying'))) return;
    const { store } = this.#parts;
    if (store.state.projects.some(isDeploying)) {
      await showInformation(t('A deployment is running. Deploy again when it has ended.'));
      return;
    }
    const computed = await this.#prepare(uri);
    if (!computed) return;
    const account = await this.#account(computed);
    if (!account) return;
    // From here on nothing is looked at anew: what is deployed is what the question is about, or nothing.
    const question = deployQuestion(computed.preview, computed.environment, account.account, account.endpoint);
    if (!(await ask(question))) return;
    await this.#run(uri, computed, { fingerprint: computed.fingerprint(), ...account });
  }

  /** The sound, saved Blueprint with its preview in sight. */
  async #prepare(uri: vscode.Uri): Promise<ComputedPreview | undefined> {
    const { reader, previews, showPreview, live, store } = this.#parts;
    const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
    // What is deployed is what is on disk: the history keeps that text.
    if (open?.isDirty && !(await open.save())) return undefined;
    const reading = await reader.read(uri);
    const errors = reading?.parsed.problems.filter((problem) => problem.severity === 'error').length ?? 0;
    if (!reading?.parsed.blueprint || errors > 0) {
      const show = t('Show Problems');
      const message = counted(
        errors,
        'The Blueprint has {0} error. Cure it, then deploy.',
        'The Blueprint has {0} errors. Cure them, then deploy.',
      );
      const chosen = await showError(message, show);
      if (chosen === show) await vscode.commands.executeCommand('workbench.actions.view.problems');
      return undefined;
    }
    if (!(await this.#localReady(uri))) return undefined;
    // The comparison is with what is there now, not with what was there when somebody last looked.
    await live.read(uri.toString());
    await showPreview(uri, true);
    const outcome = await previews.compute(uri);
    if (outcome.kind !== 'computed') return undefined;
    const { computed } = outcome;
    const broken = computed.preview.problems.find((problem) => problem.severity === 'error');
    if (broken) {
      await showObstacle({ code: broken.code, message: broken.message, ...(broken.hint ? { hint: broken.hint } : {}) });
      return undefined;
    }
    return store.project(uri.toString()) ? computed : undefined;
  }

  /** A deployment to `local` needs a local AWS; one that does not run is offered to be started. */
  async #localReady(uri: vscode.Uri): Promise<boolean> {
    const { store, localAws } = this.#parts;
    if (store.project(uri.toString())?.selected !== 'local' || (await localAws.look())) return true;
    const start = t('Start Local AWS');
    const chosen = await showInformation(
      t('The environment local is an AWS on this machine, and it is not running.'),
      start,
    );
    if (chosen !== start) return false;
    await runCommand('startLocalAws');
    return store.state.localAws.kind === 'running';
  }

  async #account(computed: ComputedPreview): Promise<{ account: string; endpoint?: string } | undefined> {
    const { session, environment } = computed;
    const outcome = await vscode.window.withProgress(
      { location: { viewId: infrastructureViewId }, title: t('Looking up the account') },
      () => session.identify(targetOf(environment, settings.endpoint())),
    );
    if (outcome.kind === 'identified') {
      return { account: outcome.identity.account, ...(outcome.endpoint ? { endpoint: outcome.endpoint } : {}) };
    }
    await showObstacle(outcome.obstacle);
    return undefined;
  }

  async #run(uri: vscode.Uri, computed: ComputedPreview, agreed: Agreement): Promise<void> {
    const { store, live } = this.#parts;
    const { environment, session } = computed;
    const id = uri.toString();
    let progress: DeploymentProgress = {
      ...session.noProgress,
      environment: environment.name,
      region: environment.region,
      account: computed.project.live.kind === 'read' ? computed.project.live.identity.account : '',
    };
    const show = (next: DeploymentProgress) => {
      progress = next;
      store.updateProject(id, (project) => ({ ...project, progress: next }));
    };
    const end = await this.#engine(uri, computed, agreed, () => progress, show).catch((error: unknown): End => {
      return { kind: 'unexpected', error };
    });
    if (end.kind === 'obstacle') {
      // Nothing was touched: what is live is shown as before.
      store.updateProject(id, ({ progress: _, ...project }) => project);
    } else if (progress.result === undefined) {
      show({ ...progress, result: end.kind === 'finished' ? end.result : 'failed' });
    }
    await live.read(id);
    await this.#sayEnd(uri, computed, progress, end);
  }

  /** Runs the engine: progress in the view first, a notification with Cancel besides. */
  async #engine(
    uri: vscode.Uri,
    { session, environment, blueprint, reading }: ComputedPreview,
    agreed: Agreement,
    progress: () => DeploymentProgress,
    show: (progress: DeploymentProgress) => void,
  ): Promise<DeployOutcome> {
    const { log, previews } = this.#parts;
    show(progress());
    // Resources in the tree are called as in the Blueprint.
    await previews.compute(uri);
    await vscode.commands.executeCommand(`${infrastructureViewId}.focus`);
    log.info(`Deploying ${blueprint.project.slug} to ${environment.name} in ${environment.region}`);
    const stop = new AbortController();
    const request = {
      place: placeOf(uri),
      agreed,
      text: reading.text,
      blueprint,
      target: targetOf(environment, settings.endpoint()),
      signal: stop.signal,
    };
    const notify = { location: vscode.ProgressLocation.Notification, cancellable: true };
    return vscode.window.withProgress({ location: { viewId: infrastructureViewId } }, () =>
      vscode.window.withProgress(
        { ...notify, title: messageText(t('Deploying to {0}', environment.name)) },
        (notification, token) => {
          token.onCancellationRequested(() => {
            stop.abort();
            this.#sayCancelling();
          });
          return session.deploy(request, (event) => {
            show(session.reduceProgress(progress(), event));
            if (event.type === 'log') log.at(event.level, event.message);
            else log.debug(JSON.stringify(event));
            notification.report({ message: withOutput(notificationLine(progress())) });
          });
        },
      ),
    );
  }

  /** VS Code takes the notification away when it is cancelled; what goes on has to be said anew. */
  #sayCancelling(): void {
    const { log } = this.#parts;
    const text = t(
      'Cancelling: no further stack starts. Stacks that are on their way end by themselves; the Infrastructure view shows them.',
    );
    log.info(text);
    showInformation(text).then(undefined, (error: unknown) => log.error('A message could not be shown', error));
  }

  async #sayEnd(uri: vscode.Uri, computed: ComputedPreview, progress: DeploymentProgress, outcome: End): Promise<void> {
    const { log, store } = this.#parts;
    if (outcome.kind === 'unexpected') throw outcome.error;
    if (outcome.kind === 'obstacle') {
      log.error(obstacleText(outcome.obstacle));
      if (outcome.obstacle.code === 'cancelled') await showInformation(outcome.obstacle.message);
      else await showObstacle(outcome.obstacle);
      return;
    }
    if (outcome.notice) log.warn(obstacleText(outcome.notice));
    const project = store.project(uri.toString());
    const stacks = project?.live.kind === 'read' ? project.live.stacks : [];
    const end = endMessage(computed.blueprint.project.name, progress, stacks);
    log.at(end.severity === 'information' ? 'info' : 'error', end.text);
    const titles = end.next.map((step) => step.title);
    const chosen =
      end.severity === 'information'
        ? await showInformation(end.text, ...titles)
        : await showError(end.text, ...titles);
    const step = end.next.find(({ title }) => title === chosen);
    if (step) await runCommand(step.command, uri);
  }
}

/** How it ended; `unexpected` is a bug, and what was touched is as the account says. */
type End = DeployOutcome | { kind: 'unexpected'; error: unknown };

/** In a pick, which stays until it is answered and needs no mouse; in a dialog where data or users are at stake. */
async function ask(question: Question): Promise<boolean> {
  if (question.modal) {
    return (await showDialog(question.title, question.detail, question.confirm)) === question.confirm;
  }
  const deploy: vscode.QuickPickItem = { label: `$(rocket) ${question.confirm}`, detail: question.detail };
  const cancel: vscode.QuickPickItem = { label: `$(close) ${t('Cancel')}`, detail: t('Nothing is touched.') };
  const chosen = await vscode.window.showQuickPick([deploy, cancel], { title: question.title, ignoreFocusOut: true });
  return chosen === deploy;
}

/** A progress notification has no button but Cancel; a link does for the other. */
function withOutput(message: string): string {
  return `${messageText(message)}. [${t('Show Output')}](command:${commandIds.showOutput})`.replace('..', '.');
}

/** "2 of 5 stacks, 14 of 23 resources". */
function notificationLine(progress: DeploymentProgress): string {
  if (progress.message) return progress.message;
  const done = progress.stacks.filter((stack) => stack.status === 'complete' || stack.status === 'unchanged').length;
  const resources = progress.stacks.reduce((sum, stack) => sum + stack.done, 0);
  const planned = progress.stacks.reduce((sum, stack) => sum + stack.planned, 0);
  return t('{0} of {1} stacks, {2} of {3} resources', done, progress.stacks.length, resources, planned);
}
