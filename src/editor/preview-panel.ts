import * as vscode from 'vscode';
import {
  type PanelState,
  panelIdentitySchema,
  type ToEditor,
  type ToPanel,
  toEditorSchema,
} from '../../webview-ui/protocol.ts';
import { AtMostEvery } from './at-most-every.ts';
import { isBlueprintName } from './blueprint-files.ts';
import type { BlueprintReader } from './blueprint-reader.ts';
import { runCommand } from './commands.ts';
import type { LiveReader } from './live-reader.ts';
import type { Log } from './log.ts';
import { panelPage } from './panel-page.ts';
import { panelPreview } from './panel-state.ts';
import type { ComputedPreview, Previews } from './previews.ts';
import { panelProblems } from './problem-list.ts';
import { revealInBlueprint } from './reveal.ts';
import { showBlueprint } from './show-blueprint.ts';
import { isDeploying, selectedEnvironment } from './state.ts';
import type { StateStore } from './state-store.ts';
import type { TemplateDocuments } from './template-documents.ts';
import { t } from './text.ts';

export const previewPanelType = 'backdrift.preview';

export interface PanelParts {
  store: StateStore;
  reader: BlueprintReader;
  previews: Previews;
  live: LiveReader;
  templates: TemplateDocuments;
  log: Log;
  /** dist/webview of this extension. */
  assets: vscode.Uri;
  /** Of the panel's tab. */
  icon: vscode.Uri;
}

/** The preview panels of this window: one for each Blueprint at most. */
export class PreviewPanels implements vscode.Disposable {
  readonly #parts: PanelParts;
  readonly #panels = new Map<string, PreviewPanel>();

  constructor(parts: PanelParts) {
    this.#parts = parts;
  }

  /** Opens the panel of a Blueprint beside it, or brings it to the front; `preserveFocus` where a question follows. */
  open(uri: vscode.Uri, preserveFocus: boolean): void {
    const known = this.#panels.get(uri.toString());
    if (known) {
      known.reveal(preserveFocus);
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      previewPanelType,
      t('Preview'),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus },
      { enableScripts: true, localResourceRoots: [this.#parts.assets], enableFindWidget: true },
    );
    this.#adopt(panel, uri);
  }

  /** Takes a panel that a reloaded window brought back. What it kept is looked at before it is believed. */
  restore(panel: vscode.WebviewPanel, kept: unknown): void {
    const identity = panelIdentitySchema.safeParse(kept);
    const uri = identity.success ? vscode.Uri.parse(identity.data.project) : undefined;
    if (uri?.scheme !== 'file' || !isBlueprintName(uri.path) || this.#panels.has(uri.toString())) {
      panel.dispose();
      return;
    }
    panel.webview.options = { enableScripts: true, localResourceRoots: [this.#parts.assets] };
    this.#adopt(panel, uri);
  }

  dispose(): void {
    for (const panel of this.#panels.values()) panel.dispose();
  }

  #adopt(panel: vscode.WebviewPanel, uri: vscode.Uri): void {
    const id = uri.toString();
    const preview = new PreviewPanel(panel, uri, this.#parts);
    this.#panels.set(id, preview);
    panel.onDidDispose(() => {
      this.#panels.delete(id);
      preview.dispose();
    });
  }
}

/** One panel: follows its Blueprint and the editor's state, and does what is pressed in it. */
class PreviewPanel implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #uri: vscode.Uri;
  readonly #parts: PanelParts;
  readonly #subscriptions: vscode.Disposable;
  /** A deployment reports many events a second: more than the eye follows, and each is a message. */
  readonly #drawing = new AtMostEvery(100, () => this.#update());
  #computed: ComputedPreview | undefined;
  /** The text is another one than that of the computed preview. */
  #stale = true;
  #turn = 0;
  #sent = '';
  #ready = false;

  constructor(panel: vscode.WebviewPanel, uri: vscode.Uri, parts: PanelParts) {
    this.#panel = panel;
    this.#uri = uri;
    this.#parts = parts;
    const id = uri.toString();
    panel.iconPath = parts.icon;
    this.#subscriptions = vscode.Disposable.from(
      panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message)),
      this.#drawing,
      panel.onDidChangeViewState(() => this.#update()),
      parts.reader.onDidRead((reading) => {
        if (reading.uri.toString() !== id) return;
        this.#stale = true;
        this.#update();
      }),
      parts.store.onDidChange(() => this.#drawing.request()),
    );
    panel.webview.html = panelPage(panel.webview, parts.assets);
  }

  reveal(preserveFocus: boolean): void {
    this.#panel.reveal(undefined, preserveFocus);
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#panel.dispose();
  }

  /** Shows what is now; a panel that nobody sees waits until it is seen. */
  #update(): void {
    if (!this.#ready || !this.#panel.visible) return;
    this.#show().catch((error: unknown) => {
      this.#parts.log.error('The preview could not be made', error);
      this.#send({
        kind: 'empty',
        heading: t('No preview'),
        message: t('The preview could not be made: {0}', error instanceof Error ? error.message : String(error)),
        problems: [],
      });
    });
  }

  async #show(): Promise<void> {
    const computed = this.#upToDate();
    if (computed) {
      this.#send(this.#previewState(computed));
      return;
    }
    this.#turn += 1;
    const turn = this.#turn;
    this.#stale = false;
    if (this.#sent === '') this.#send({ kind: 'loading', message: t('Compiling the Blueprint …') });
    const outcome = await this.#parts.previews.compute(this.#uri);
    if (turn !== this.#turn) return;
    this.#computed = outcome.kind === 'computed' ? outcome.computed : undefined;
    switch (outcome.kind) {
      case 'no-blueprint': {
        // Until the search of a window that was just opened has ended, nobody knows.
        if (!this.#parts.store.state.searched) return;
        const message = t(
          '{0} is no Blueprint of this workspace any more.',
          vscode.workspace.asRelativePath(this.#uri),
        );
        this.#send({ kind: 'empty', heading: t('No Blueprint'), message, problems: [] });
        return;
      }
      case 'never-sound':
        this.#send({
          kind: 'empty',
          heading: t('No preview yet'),
          message: t('The Blueprint has errors. The preview appears as soon as they are cured.'),
          problems: panelProblems(outcome.reading, []),
        });
        return;
      case 'computed':
        this.#lookAtLocal(outcome.computed);
        this.#send(this.#previewState(outcome.computed));
    }
  }

  /** What was deployed to a local AWS may have ended with it. To look is free; an account is looked at on request only. */
  #lookAtLocal({ project, environment, trusted }: ComputedPreview): void {
    if (!trusted || environment.kind !== 'local' || project.live.kind !== 'unknown') return;
    const { live, log } = this.#parts;
    live.read(project.id).catch((error: unknown) => log.error('What is live could not be read', error));
  }

  /** The last preview, while neither text nor place nor what is live there has changed. */
  #upToDate(): ComputedPreview | undefined {
    const computed = this.#computed;
    const project = this.#parts.store.project(this.#uri.toString());
    if (this.#stale || !computed || !project) return undefined;
    const same =
      project.live === computed.project.live &&
      this.#parts.store.state.trusted === computed.trusted &&
      JSON.stringify(selectedEnvironment(project)) === JSON.stringify(computed.environment);
    return same ? computed : undefined;
  }

  #previewState(computed: ComputedPreview): PanelState {
    const { preview, environment, reading, session } = computed;
    const { store, templates } = this.#parts;
    const project = store.project(this.#uri.toString()) ?? computed.project;
    this.#panel.title = t('Preview: {0} → {1}', project.name, environment.name);
    templates.update(this.#uri.toString(), environment.name, preview.stacks);
    const account = project.live.kind === 'read' ? project.live.identity.account : undefined;
    const progress = project.progress?.environment === environment.name ? project.progress : undefined;
    return panelPreview({
      preview,
      environment,
      problems: panelProblems(reading, preview.problems),
      behind: reading.parsed.blueprint === undefined,
      trusted: store.state.trusted,
      deploying: isDeploying(project),
      lineOf: session.lineOf,
      ...(account ? { account } : {}),
      ...(progress ? { progress } : {}),
    });
  }

  #send(state: PanelState): void {
    const message: ToPanel = { type: 'state', project: this.#uri.toString(), state };
    const text = JSON.stringify(message);
    if (text === this.#sent) return;
    this.#sent = text;
    void this.#panel.webview.postMessage(message);
  }

  #receive(message: unknown): void {
    const parsed = toEditorSchema.safeParse(message);
    if (!parsed.success) {
      this.#parts.log.warn('The preview panel sent something that is not of its protocol; it was dropped');
      return;
    }
    this.#do(parsed.data).catch((error: unknown) => this.#parts.log.error('The preview panel', error));
  }

  async #do(message: ToEditor): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        this.#sent = '';
        return this.#update();
      case 'deploy':
        return runCommand('deploy', this.#uri);
      case 'selectEnvironment':
        return runCommand('selectEnvironment', this.#uri);
      case 'showInfrastructure':
        await vscode.commands.executeCommand('backdrift.infrastructure.focus');
        return;
      case 'compareTemplates': {
        const stack = this.#computed?.preview.stacks.find((candidate) => candidate.layer === message.layer);
        if (!stack || !this.#computed) return;
        return this.#parts.templates.compare(this.#uri.toString(), this.#computed.environment.name, stack);
      }
      case 'openSource':
        return revealInBlueprint(this.#uri, message.source, this.#parts.reader);
      case 'openProblem':
        return showBlueprint(this.#uri, message);
      case 'fault':
        this.#parts.log.warn(`The preview panel could not read a message: ${message.message}`);
    }
  }
}
