import * as vscode from 'vscode';
import { redact } from '../deployment/redact.ts';
import type { LogLine } from './session.ts';
import { t } from './text.ts';

const scheme = 'backdrift-logs';

/** The recent log lines of functions, as read-only documents. */
export class LogDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);

  /** Opens a function's lines, the latest last and in sight. */
  async show(functionName: string, environment: string, lines: readonly LogLine[]): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: `/${environment}/${functionName}.log` });
    this.#texts.set(uri.toString(), logText(functionName, environment, lines));
    this.#changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    const editor = await vscode.window.showTextDocument(document, { preview: true });
    const end = document.positionAt(document.getText().length);
    editor.revealRange(new vscode.Range(end, end));
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}

/** One line an event, with its time; what came over several lines is indented under it. */
export function logText(functionName: string, environment: string, lines: readonly LogLine[]): string {
  if (lines.length === 0) return t('{0} in {1} has written no log yet.', functionName, environment);
  return lines
    .map(({ at, message }) => `${at} ${redact(message.trimEnd()).replaceAll('\n', `\n${' '.repeat(at.length + 1)}`)}\n`)
    .join('');
}
