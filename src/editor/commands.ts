import * as vscode from 'vscode';
import { type CommandName, commandIds } from './command-ids.ts';

/**
 * One handler a command: leaving one out does not compile. The argument is whatever the menu, the keyboard shortcut
 * or another extension passed; a handler looks at it before it believes it.
 */
export type CommandHandlers = { readonly [Name in CommandName]: (argument: unknown) => Promise<void> };

/**
 * Registers all commands. An error that a handler did not expect goes to `onUnexpected`, never to nowhere.
 */
export function registerCommands(
  handlers: CommandHandlers,
  onUnexpected: (name: CommandName, error: unknown) => void,
): vscode.Disposable {
  const names = Object.keys(commandIds).filter(isCommandName);
  return vscode.Disposable.from(
    ...names.map((name) =>
      vscode.commands.registerCommand(commandIds[name], async (argument: unknown) => {
        try {
          await handlers[name](argument);
        } catch (error) {
          if (!(error instanceof vscode.CancellationError)) onUnexpected(name, error);
        }
      }),
    ),
  );
}

function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commandIds, name);
}

/** Runs one of our own commands, as a button or another command does. */
export async function runCommand(name: CommandName, argument?: unknown): Promise<void> {
  await vscode.commands.executeCommand(commandIds[name], argument);
}
