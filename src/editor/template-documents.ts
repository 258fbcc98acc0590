import * as vscode from 'vscode';
import type { StackPreview } from '../preview/preview.ts';
import { layerTitles } from '../stacks/stack.ts';
import { t } from './text.ts';

const scheme = 'backdrift-template';

/** Templates before and after a deploy, as documents for VS Code's own diff editor. They follow the preview. */
export class TemplateDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #subscriptions = vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(scheme, this),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      if (uri.scheme === scheme) this.#texts.delete(uri.toString());
    }),
  );

  /** Takes the templates of a project's new preview: those that are open change with it, no other is even written out. */
  update(project: string, environment: string, stacks: readonly StackPreview[]): void {
    for (const stack of stacks) {
      if (this.#texts.has(address(project, environment, stack, 'after').toString()))
        this.#take(project, environment, stack);
    }
  }

  /** Opens before and after of one stack side by side. */
  async compare(project: string, environment: string, stack: StackPreview): Promise<void> {
    this.#take(project, environment, stack);
    const title = t('{0} in {1}: deployed ↔ previewed', layerTitles[stack.layer].title, environment);
    await vscode.commands.executeCommand(
      'vscode.diff',
      address(project, environment, stack, 'before'),
      address(project, environment, stack, 'after'),
      title,
      { preview: true },
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }

  #take(project: string, environment: string, stack: StackPreview): void {
    this.#put(address(project, environment, stack, 'before'), stack.before);
    this.#put(address(project, environment, stack, 'after'), stack.after);
  }

  #put(uri: vscode.Uri, text: string): void {
    const key = uri.toString();
    if (this.#texts.get(key) === text) return;
    this.#texts.set(key, text);
    this.#changed.fire(uri);
  }
}

function address(project: string, environment: string, stack: StackPreview, side: 'before' | 'after'): vscode.Uri {
  return vscode.Uri.from({ scheme, path: `/${environment}/${side}/${stack.name}.json`, query: project });
}
