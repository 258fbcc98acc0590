import type * as vscode from 'vscode';
import type { BlueprintReader } from './blueprint-reader.ts';
import { showBlueprint } from './show-blueprint.ts';

/** Shows in the Blueprint what a resource comes from. `source` names it: `entities.task`. */
export async function revealInBlueprint(uri: vscode.Uri, source: string, reader: BlueprintReader): Promise<void> {
  const reading = await reader.read(uri);
  const range = reading?.parsed.rangeOf(source.split('.'), 'value');
  await showBlueprint(uri, { start: range?.start ?? 0, end: range?.start ?? 0 });
}
