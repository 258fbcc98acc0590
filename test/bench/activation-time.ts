import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';

/** Runs inside VS Code: wakes the extension, which nothing has woken before, and notes the milliseconds. */
export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension('backdrift.backdrift');
  if (!extension || extension.isActive) throw new Error('the extension is not there, or awake already');
  const began = performance.now();
  await extension.activate();
  const milliseconds = performance.now() - began;
  if (process.env.ACTIVATION_TIME_FILE) writeFileSync(process.env.ACTIVATION_TIME_FILE, JSON.stringify(milliseconds));
}
