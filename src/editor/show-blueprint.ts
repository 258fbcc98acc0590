import * as vscode from 'vscode';
import type { TextRange } from '../blueprint/problem.ts';

/** Brings a Blueprint to the front where it is open already, and never over the preview beside it. */
export async function showBlueprint(uri: vscode.Uri, at?: TextRange): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const selection = at && new vscode.Range(document.positionAt(at.start), document.positionAt(at.end));
  await vscode.window.showTextDocument(document, {
    viewColumn: columnOf(uri) ?? vscode.ViewColumn.One,
    ...(selection ? { selection } : {}),
  });
}

function columnOf(uri: vscode.Uri): vscode.ViewColumn | undefined {
  const shows = ({ input }: vscode.Tab) =>
    input instanceof vscode.TabInputText && input.uri.toString() === uri.toString();
  return vscode.window.tabGroups.all.find((group) => group.tabs.some(shows))?.viewColumn;
}
