import * as vscode from 'vscode';
import { messageText } from './message-text.ts';

/** VS Code's notifications and dialogs, with the message as plain text. Nothing else in the editor shows one. */
export function showInformation(message: string, ...items: string[]): Thenable<string | undefined> {
  return vscode.window.showInformationMessage(messageText(message), ...items);
}

export function showWarning(message: string, ...items: string[]): Thenable<string | undefined> {
  return vscode.window.showWarningMessage(messageText(message), ...items);
}

export function showError(message: string, ...items: string[]): Thenable<string | undefined> {
  return vscode.window.showErrorMessage(messageText(message), ...items);
}

/** Stops everything until it is answered. */
export function showDialog(message: string, detail: string, ...items: string[]): Thenable<string | undefined> {
  return vscode.window.showWarningMessage(messageText(message), { modal: true, detail: messageText(detail) }, ...items);
}
