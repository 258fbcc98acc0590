import * as vscode from 'vscode';
import { contextKeys } from './command-ids.ts';
import { currentProject, type EditorState, isDeploying, selectedEnvironment, welcomeState } from './state.ts';

type Keys = { [Key in keyof typeof contextKeys]: string | boolean };

/** The values of all context keys for a state. */
export function contextValues(state: EditorState): Keys {
  const project = currentProject(state);
  const stacks = project?.live.kind === 'read' ? project.live.stacks.map((stack) => stack.layer) : [];
  return {
    state: welcomeState(state),
    hasBlueprint: project !== undefined,
    environmentKind: (project && selectedEnvironment(project)?.kind) ?? '',
    deploying: state.projects.some(isDeploying),
    localAwsRunning: state.localAws.kind === 'running' && state.localAws.ours,
    hasFrontend: stacks.includes('amplify'),
    hasApi: stacks.includes('api'),
    hasFunctions: stacks.includes('lambda'),
  };
}

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
