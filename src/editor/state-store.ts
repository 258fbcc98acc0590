import * as vscode from 'vscode';
import type { EditorState, ProjectState } from './state.ts';

/** Holds the editor's state and says when it is another one. States are values: a change makes a new one. */
export class StateStore implements vscode.Disposable {
  #state: EditorState;
  readonly #changed = new vscode.EventEmitter<EditorState>();
  readonly onDidChange = this.#changed.event;

  constructor(initial: EditorState) {
    this.#state = initial;
  }

  get state(): EditorState {
    return this.#state;
  }

  update(change: Partial<EditorState>): void {
    this.#state = { ...this.#state, ...change };
    this.#changed.fire(this.#state);
  }

  /** Changes one project; nothing happens when it is gone meanwhile. */
  updateProject(id: string, change: (project: ProjectState) => ProjectState): void {
    if (!this.project(id)) return;
    this.update({ projects: this.#state.projects.map((project) => (project.id === id ? change(project) : project)) });
  }

  project(id: string): ProjectState | undefined {
    return this.#state.projects.find((project) => project.id === id);
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
