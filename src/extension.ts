import * as vscode from 'vscode';
import { AtMostEvery } from './editor/at-most-every.ts';
import { BlueprintReader } from './editor/blueprint-reader.ts';
import { Choices } from './editor/choices.ts';
import { commandHandlers } from './editor/command-handlers.ts';
import { registerCommands, runCommand } from './editor/commands.ts';
import { ContextKeyWriter } from './editor/context-keys.ts';
import { Diagnostics } from './editor/diagnostics.ts';
import { type InfrastructureElement, InfrastructureView } from './editor/infrastructure-view.ts';
import { registerLanguageFeatures } from './editor/language-features.ts';
import { LiveReader } from './editor/live-reader.ts';
import { LocalAws } from './editor/local-aws.ts';
import { Log } from './editor/log.ts';
import { LogDocuments } from './editor/log-document.ts';
import { askMfaCode } from './editor/mfa.ts';
import { showError } from './editor/notify.ts';
import { onFirstUse } from './editor/on-first-use.ts';
import type { PreviewPanels } from './editor/preview-panel.ts';
import { Previews } from './editor/previews.ts';
import { Projects } from './editor/projects.ts';
import { QuickFixes } from './editor/quick-fixes.ts';
import type { EditorState } from './editor/state.ts';
import { StateStore } from './editor/state-store.ts';
import { StatusBar } from './editor/status-bar.ts';
import { TemplateDocuments } from './editor/template-documents.ts';
import { t, useTranslator } from './editor/text.ts';

/**
 * Between two drawings of the tree, in milliseconds. VS Code waits for 200 ms of quiet before it draws one: what changes
 * faster would not be drawn at all.
 */
const drawingPause = 300;

/**
 * Puts the editor's parts together. Nothing here may cost time: the parser, the compiler, the engine, the AWS SDK and
 * the panel are chunks of their own, loaded when they are needed first.
 */
export function activate(context: vscode.ExtensionContext): Inspection {
  useTranslator((message, ...values) => vscode.l10n.t(message, ...values));
  const file = (...path: string[]) => vscode.Uri.joinPath(context.extensionUri, ...path);
  const own = <Part extends vscode.Disposable>(part: Part): Part => {
    context.subscriptions.push(part);
    return part;
  };

  const log = own(new Log());
  const loadSession = onFirstUse(async () => {
    const { createSession } = await import('./editor/live-session.ts');
    const trusted = () => vscode.workspace.isTrusted;
    return createSession({ installation: context.extensionUri.fsPath, log, trusted, mfaCode: askMfaCode });
  });
  const store = own(new StateStore(initialState()));
  const reader = own(new BlueprintReader(loadSession, log));
  const diagnostics = own(new Diagnostics(reader));
  own(new QuickFixes(diagnostics));
  own(registerLanguageFeatures(reader));
  const projects = own(new Projects(store, reader, new Choices(context.workspaceState), log));
  const localAws = own(new LocalAws(file('dist', 'local-aws', 'main.js'), store, log));
  const live = own(new LiveReader({ store, reader, localAws, loadSession, log }));
  const templates = own(new TemplateDocuments());
  const logs = own(new LogDocuments());
  const previews = new Previews(store, reader, loadSession, ({ reading, preview }) =>
    diagnostics.show(reading, preview.problems),
  );

  const panels = onFirstUse(async (): Promise<PreviewPanels> => {
    const { PreviewPanels } = await import('./editor/preview-panel.ts');
    const parts = { store, reader, previews, live, templates, log };
    return own(new PreviewPanels({ ...parts, assets: file('dist', 'webview'), icon: file('media', 'icon.png') }));
  });
  const showPreview = async (uri: vscode.Uri, preserveFocus: boolean) => (await panels()).open(uri, preserveFocus);
  const deployments = onFirstUse(async () => {
    const { Deployments } = await import('./editor/deployments.ts');
    return new Deployments({ store, reader, previews, live, localAws, log, showPreview });
  });

  const view = own(new InfrastructureView());
  const statusBar = own(new StatusBar());
  const contextKeys = new ContextKeyWriter();
  const render = () => {
    contextKeys.render(store.state);
    view.render(store.state);
    statusBar.render(store.state);
  };
  const drawing = own(new AtMostEvery(drawingPause, render));
  own(store.onDidChange(() => drawing.request()));
  // The tree calls resources as the Blueprint does, and a preview knows what they are called.
  own(
    live.onDidRead((id) => {
      previews.compute(vscode.Uri.parse(id)).catch((error: unknown) => log.error('A preview could not be made', error));
    }),
  );
  own(projects.onDidMove((id) => live.invalidate(id)));
  own(view.view.onDidChangeVisibility(({ visible }) => live.setVisible(visible)));
  own(vscode.workspace.onDidGrantWorkspaceTrust(() => store.update({ trusted: true })));
  own(vscode.workspace.onDidGrantWorkspaceTrust(() => live.setVisible(view.view.visible)));
  own(
    vscode.window.registerWebviewPanelSerializer('backdrift.preview', {
      deserializeWebviewPanel: async (panel, kept: unknown) => (await panels()).restore(panel, kept),
    }),
  );
  own(
    registerCommands(
      commandHandlers({
        store,
        reader,
        projects,
        live,
        localAws,
        view,
        logs,
        log,
        loadSession,
        deployments,
        showPreview,
        manual: file('docs', 'problems.md'),
      }),
      (name, error) => {
        log.error(`The command ${name} failed`, error);
        const output = t('Show Output');
        const text = error instanceof Error ? error.message : String(error);
        showError(t('Backdrift could not do that: {0}', text), output).then(
          (chosen) => {
            if (chosen === output) return runCommand('showOutput');
            return undefined;
          },
          (failure: unknown) => log.error('A message could not be shown', failure),
        );
      },
    ),
  );

  drawing.request();
  live.setVisible(view.view.visible);
  reader.start();
  projects.start();
  return { state: () => store.state, tree: view };
}

/** What the tests inside VS Code look at. Not an interface for other extensions: it changes without notice. */
export interface Inspection {
  state(): EditorState;
  tree: vscode.TreeDataProvider<InfrastructureElement>;
}

function initialState(): EditorState {
  return {
    trusted: vscode.workspace.isTrusted,
    hasFolder: (vscode.workspace.workspaceFolders?.length ?? 0) > 0,
    searched: false,
    projects: [],
    localAws: { kind: 'unknown' },
  };
}
