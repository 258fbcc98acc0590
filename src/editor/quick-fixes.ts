import * as vscode from 'vscode';
import type { Problem } from '../blueprint/problem.ts';
import { blueprintSelector } from './blueprint-files.ts';
import type { Diagnostics } from './diagnostics.ts';
import { t } from './text.ts';

/** Offers the edit that a problem brings with it. Only that place of the text changes: comments and layout stay. */
export class QuickFixes implements vscode.CodeActionProvider, vscode.Disposable {
  static readonly kinds = [vscode.CodeActionKind.QuickFix];
  readonly #diagnostics: Diagnostics;
  readonly #registration: vscode.Disposable;

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
    this.#registration = vscode.languages.registerCodeActionsProvider(blueprintSelector, this, {
      providedCodeActionKinds: QuickFixes.kinds,
    });
  }

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    return this.#diagnostics
      .problemsOf(document)
      .filter(([diagnostic]) => diagnostic.range.intersection(range) !== undefined)
      .flatMap(([diagnostic, problem]) => quickFix(document, diagnostic, problem) ?? []);
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

function quickFix(document: vscode.TextDocument, diagnostic: vscode.Diagnostic, problem: Problem) {
  const { replacement } = problem;
  if (!replacement) return undefined;
  const start = document.positionAt(replacement.range.start);
  const range = new vscode.Range(start, document.positionAt(replacement.range.end));
  const action = new vscode.CodeAction(
    fixTitle(document.getText(range), replacement.text),
    vscode.CodeActionKind.QuickFix,
  );
  action.edit = new vscode.WorkspaceEdit();
  action.edit.replace(document.uri, range, replacement.text);
  action.diagnostics = [diagnostic];
  action.isPreferred = true;
  return action;
}

function fixTitle(before: string, after: string): string {
  const shown = (text: string) => (text.trim().length > 40 ? `${text.trim().slice(0, 40)}…` : text.trim());
  if (after.trim() === '') return t('Remove “{0}”', shown(before));
  if (before.trim() === '') return t('Add “{0}”', shown(after));
  return t('Change to “{0}”', shown(after));
}
