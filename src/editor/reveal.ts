import * as vscode from 'vscode';
import type { BlueprintPath } from '../blueprint/problem.ts';
import type { BlueprintReader } from './blueprint-reader.ts';

/**
 * Shows in the Blueprint what a resource comes from. `source` names things (`entities.task`), while the text lists
 * them: a name in a list is found by its `name`, `entity` or position.
 */
export async function revealInBlueprint(uri: vscode.Uri, source: string, reader: BlueprintReader): Promise<void> {
  const reading = await reader.read(uri);
  const document = await vscode.workspace.openTextDocument(uri);
  const path = reading ? sourcePath(reading.sound, source) : [];
  const range = reading?.parsed.rangeOf(path, 'value');
  const at = document.positionAt(range?.start ?? 0);
  await vscode.window.showTextDocument(document, {
    selection: new vscode.Range(at, at),
    viewColumn: vscode.ViewColumn.One,
  });
}

/** The path of a source's node: `entities.task` → entities, 2. As far as it can be followed. */
export function sourcePath(blueprint: unknown, source: string): BlueprintPath {
  const path: (string | number)[] = [];
  let node = blueprint;
  for (const step of source.split('.')) {
    if (Array.isArray(node)) {
      const items: unknown[] = node;
      const index = items.findIndex((item) => nameOf(item) === step);
      const position = index >= 0 ? index : Number(step);
      if (!Number.isInteger(position) || position < 0 || position >= items.length) break;
      path.push(position);
      node = items[position];
    } else if (typeof node === 'object' && node !== null && Object.hasOwn(node, step)) {
      path.push(step);
      node = Reflect.get(node, step);
    } else break;
  }
  return path;
}

function nameOf(item: unknown): unknown {
  if (typeof item !== 'object' || item === null) return undefined;
  if ('name' in item) return item.name;
  return 'entity' in item ? item.entity : undefined;
}
