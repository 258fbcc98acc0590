import * as vscode from 'vscode';
import { t } from './text.ts';

/** Asks for the code of a multi-factor device that a credentials profile wants. Rejects when the user declines. */
export async function askMfaCode(serial: string): Promise<string> {
  const code = await vscode.window.showInputBox({
    title: t('Multi-factor code'),
    prompt: t('The code that {0} shows now', serial),
    ignoreFocusOut: true,
    validateInput: (value) => (/^[0-9]{6,}$/.test(value.trim()) ? undefined : t('Six digits')),
  });
  if (code === undefined) throw new vscode.CancellationError();
  return code.trim();
}
