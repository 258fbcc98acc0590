import type * as vscode from 'vscode';
import { localEnvironment } from '../deployment/target.ts';

/**
 * What the user chose in this workspace: the environment in sight and a credentials profile for each environment.
 * Kept in VS Code's own memory of the workspace, which no file in the workspace can write.
 */
export class Choices {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  /** `local` until the user chooses: nothing reaches a real account by default. */
  environment(project: string): string {
    const chosen = this.#memory.get<unknown>(`environment:${project}`);
    return typeof chosen === 'string' ? chosen : localEnvironment;
  }

  async chooseEnvironment(project: string, environment: string): Promise<void> {
    await this.#memory.update(`environment:${project}`, environment);
  }

  profile(project: string, environment: string): string | undefined {
    const chosen = this.#memory.get<unknown>(`profile:${environment}:${project}`);
    return typeof chosen === 'string' ? chosen : undefined;
  }

  async chooseProfile(project: string, environment: string, profile: string | undefined): Promise<void> {
    await this.#memory.update(`profile:${environment}:${project}`, profile);
  }
}
