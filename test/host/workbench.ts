import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import * as vscode from 'vscode';
import type { InfrastructureElement } from '../../src/editor/infrastructure-view.ts';
import type { EditorState } from '../../src/editor/state.ts';

/** What the extension shows of itself to tests. */
interface Inspected {
  state(): EditorState;
  tree: vscode.TreeDataProvider<InfrastructureElement>;
}

export async function activated(): Promise<Inspected> {
  const extension = vscode.extensions.getExtension<Inspected>('backdrift.backdrift');
  assert.ok(extension);
  return extension.activate();
}

export function folder(): string {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(first);
  return first.uri.fsPath;
}

/** Opens the Blueprint of the workspace; `restore` puts back the text that it had. */
export async function openBlueprint(): Promise<{ document: vscode.TextDocument; restore(): Promise<void> }> {
  const file = path.join(folder(), 'backdrift.yaml');
  const text = await readFile(file, 'utf8');
  const document = await vscode.workspace.openTextDocument(file);
  await vscode.window.showTextDocument(document);
  return {
    document,
    async restore() {
      await replaceAll(document, text);
      await document.save();
      await writeFile(file, text);
    },
  };
}

export async function replaceAll(document: vscode.TextDocument, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  const end = document.positionAt(document.getText().length);
  edit.replace(document.uri, new vscode.Range(new vscode.Position(0, 0), end), text);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

/** Replaces the first place where `before` stands. */
export async function replace(document: vscode.TextDocument, before: string, after: string): Promise<void> {
  const start = document.getText().indexOf(before);
  assert.ok(start >= 0, `${before} does not stand in ${document.uri.path}`);
  const edit = new vscode.WorkspaceEdit();
  const range = new vscode.Range(document.positionAt(start), document.positionAt(start + before.length));
  edit.replace(document.uri, range, after);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

/** Waits until `look` gives something. */
export async function eventually<Value>(
  what: string,
  look: () => Value | undefined | false | Promise<Value | undefined | false>,
  patience = 20_000,
): Promise<Value> {
  const deadline = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`It never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export function ourDiagnostics(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter((diagnostic) => diagnostic.source === 'backdrift');
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  await new Promise((resolve) => server.close(resolve));
  return address.port;
}
