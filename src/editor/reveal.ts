import * as vscode from 'vscode';
import type { BlueprintReader } from './blueprint-reader.ts';

/** Shows in the Blueprint what a resource comes from. `source` names it: `entities.task`. */
export async function revealInBlueprint(uri: vscode.Uri, source: string, reader: BlueprintReader): Promise<void> {
  const reading = await reader.read(uri);
  const document = await vscode.workspace.openTextDocument(uri);
  const range = reading?.parsed.rangeOf(source.split('.'), 'value');
  const at = document.positionAt(range?.start ?? 0);
  await vscode.window.showTextDocument(document, {
    selection: new vscode.Range(at, at),
    viewColumn: vscode.ViewColumn.One,
  });
}
