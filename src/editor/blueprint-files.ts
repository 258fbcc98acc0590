import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { BlueprintPlace } from './session.ts';

const names = ['backdrift.yaml', 'backdrift.yml', 'backdrift.json'];
const pattern = '**/backdrift.{yaml,yml,json}';
const elsewhere = '**/{node_modules,dist,out,.git,.vscode-test}/**';
/** More than this many Blueprints in one window are not looked at. */
const most = 50;

/** The Blueprint's file name in any of its three spellings. */
export function isBlueprintName(file: string): boolean {
  return /^backdrift\.(ya?ml|json)$/.test(basename(file));
}

export function isBlueprint(document: vscode.TextDocument): boolean {
  return document.uri.scheme === 'file' && isBlueprintName(document.uri.path);
}

/** Matches open Blueprints, for the language features. */
export const blueprintSelector: vscode.DocumentSelector = { scheme: 'file', pattern };
/** YAML only: VS Code completes and explains JSON from the JSON Schema by itself. */
export const yamlBlueprintSelector: vscode.DocumentSelector = { scheme: 'file', pattern: '**/backdrift.{yaml,yml}' };

export function placeOf(uri: vscode.Uri): BlueprintPlace {
  return { file: uri.fsPath, directory: dirname(uri.fsPath) };
}

/** The Blueprints that lie directly in the workspace's folders: the usual place, known without a search. */
export async function blueprintsInFolders(): Promise<vscode.Uri[]> {
  const candidates = (vscode.workspace.workspaceFolders ?? []).flatMap((folder) =>
    names.map((name) => vscode.Uri.joinPath(folder.uri, name)),
  );
  const present = await Promise.all(candidates.map(isFile));
  return candidates.filter((_, index) => present[index]);
}

/** All Blueprints of the workspace, also those in folders below, in the order of their paths. */
export async function findBlueprints(): Promise<vscode.Uri[]> {
  if (!vscode.workspace.workspaceFolders?.length) return [];
  const found = await vscode.workspace.findFiles(pattern, elsewhere, most);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.File) !== 0;
  } catch (error) {
    if (error instanceof vscode.FileSystemError) return false;
    throw error;
  }
}

/** Calls back when a Blueprint appears, changes on disk or disappears. */
export function watchBlueprints(onSet: () => void, onChange: (uri: vscode.Uri) => void): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher(pattern);
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(onSet),
    watcher.onDidDelete(onSet),
    watcher.onDidChange(onChange),
    vscode.workspace.onDidChangeWorkspaceFolders(onSet),
  );
}
