import * as vscode from 'vscode';
import { BlueprintReader } from './editor/blueprint-reader.ts';
import { Choices } from './editor/choices.ts';
import { commandHandlers } from './editor/command-handlers.ts';
import { registerCommands, runCommand } from './editor/commands.ts';
import { ContextKeyWriter } from './editor/context-keys.ts';
import { Diagnostics } from './editor/diagnostics.ts';
import { InfrastructureView } from './editor/infrastructure-view.ts';
import { registerLanguageFeatures } from './editor/language-features.ts';
import { LiveReader } from './editor/live-reader.ts';
import { LocalAws } from './editor/local-aws.ts';
import { Log } from './editor/log.ts';
import { LogDocuments } from './editor/log-document.ts';
import { askMfaCode } from './editor/mfa.ts';
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
 * Puts the editor's parts together. Nothing here may cost time: the parser, the compiler, the engine, the AWS SDK and
 * the panel are chunks of their own, loaded when they are needed first.
 */
export function activate(context: vscode.ExtensionContext): void {
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
  const diagnostics = own(new Diagnostics(reader, file('docs', 'problems.md')));
  own(new QuickFixes(diagnostics));
  own(registerLanguageFeatures());
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
    const parts = { store, reader, previews, templates, log };
    return own(new PreviewPanels({ ...parts, assets: file('dist', 'webview'), icon: file('media', 'icon.png') }));
  });
  const showPreview = async (uri: vscode.Uri) => (await panels()).open(uri);
  const deployments = onFirstUse(async () => {
    const { Deployments } = await import('./editor/deployments.ts');
    return new Deployments({ store, reader, previews, live, localAws, log, showPreview });
  });

  const view = own(new InfrastructureView());
  const statusBar = own(new StatusBar());
  const contextKeys = new ContextKeyWriter();
  const render = (state: EditorState) => {
    contextKeys.render(state);
    view.render(state);
    statusBar.render(state);
  };
  own(store.onDidChange(render));
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
      }),
      (name, error) => {
        log.error(`The command ${name} failed`, error);
        const output = t('Show Output');
        const text = error instanceof Error ? error.message : String(error);
        vscode.window.showErrorMessage(t('Backdrift could not do that: {0}', text), output).then(
          (chosen) => {
            if (chosen === output) return runCommand('showOutput');
            return undefined;
          },
          (failure: unknown) => log.error('A message could not be shown', failure),
        );
      },
    ),
  );

  render(store.state);
  live.setVisible(view.view.visible);
  reader.start();
  projects.start();
}

function initialState(): EditorState {
  return {
    trusted: vscode.workspace.isTrusted,
    hasFolder: (vscode.workspace.workspaceFolders?.length ?? 0) > 0,
    searched: false,
    projects: [],
    localAws: { kind: 'stopped' },
  };
}
