import * as vscode from 'vscode';
import { contextKeys } from './command-ids.ts';
import { contextValues } from './context-values.ts';
import type { EditorState } from './state.ts';

/** Tells VS Code of context keys, and only of those that are new. */
export class ContextKeyWriter {
  readonly #told = new Map<string, string | boolean>();

  render(state: EditorState): void {
    const values = contextValues(state);
    for (const name of Object.keys(contextKeys)) {
      if (!isContextName(name)) continue;
      const key = contextKeys[name];
      const value = values[name];
      if (this.#told.get(key) === value) continue;
      this.#told.set(key, value);
      void vscode.commands.executeCommand('setContext', key, value);
    }
  }
}

function isContextName(name: string): name is keyof typeof contextKeys {
  return Object.hasOwn(contextKeys, name);
}
