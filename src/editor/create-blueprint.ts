import { basename } from 'node:path';
import * as vscode from 'vscode';
import { showInformation } from './notify.ts';
import { starterBlueprint } from './starter.ts';
import { t } from './text.ts';

/** Writes a first Blueprint into a folder and opens it. A file that is there already is opened, never overwritten. */
export async function createBlueprint(): Promise<void> {
  const folder = await targetFolder();
  if (!folder) return;
  const uri = vscode.Uri.joinPath(folder.uri, 'backdrift.yaml');
  if (!(await exists(uri))) {
    const text = starterBlueprint(projectName(folder));
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  }
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
}

async function targetFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length > 1)
    return vscode.window.showWorkspaceFolderPick({ placeHolder: t('Where shall the Blueprint be?') });
  if (!folders[0]) await showInformation(t('Open a folder first: a Blueprint lives in one.'));
  return folders[0];
}

/** The folder's name as a project name: `task-manager` becomes Task Manager. */
function projectName(folder: vscode.WorkspaceFolder): string {
  const words = basename(folder.uri.path)
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean);
  const name = words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join(' ');
  return /^[A-Za-z]/.test(name) ? name.slice(0, 40) : 'My Backend';
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return false;
    throw error;
  }
}
