import * as vscode from 'vscode';
import { blueprintsInFolders, findBlueprints, isBlueprint, placeOf, watchBlueprints } from './blueprint-files.ts';
import type { BlueprintReader, Reading } from './blueprint-reader.ts';
import type { Choices } from './choices.ts';
import { environmentChoices } from './environments.ts';
import type { Log } from './log.ts';
import { settings } from './settings.ts';
import type { EnvironmentChoice, ProjectState } from './state.ts';
import type { StateStore } from './state-store.ts';

/** Keeps the state's projects in step with the Blueprints of the workspace and with what the user chose. */
export class Projects implements vscode.Disposable {
  readonly #store: StateStore;
  readonly #reader: BlueprintReader;
  readonly #choices: Choices;
  readonly #log: Log;
  readonly #moved = new vscode.EventEmitter<string>();
  /** A project's environment is another one, or it was read for the first time: what is live there is not known. */
  readonly onDidMove = this.#moved.event;
  readonly #subscriptions: vscode.Disposable;

  constructor(store: StateStore, reader: BlueprintReader, choices: Choices, log: Log) {
    this.#store = store;
    this.#reader = reader;
    this.#choices = choices;
    this.#log = log;
    this.#subscriptions = vscode.Disposable.from(
      reader.onDidRead((reading) => this.#take(reading)),
      watchBlueprints(
        () => this.#search(),
        (uri) => this.#readSoon(uri),
      ),
      vscode.window.onDidChangeActiveTextEditor((editor) => this.#follow(editor)),
    );
  }

  /** Looks for Blueprints. */
  start(): void {
    this.#search();
  }

  async selectEnvironment(project: string, environment: string): Promise<void> {
    await this.#choices.chooseEnvironment(project, environment);
    this.#store.updateProject(project, (state) => {
      const { progress: _, ...rest } = state;
      return { ...rest, selected: environment, live: { kind: 'unknown' } };
    });
    this.#moved.fire(project);
  }

  async selectProfile(project: string, environment: string, profile: string | undefined): Promise<void> {
    await this.#choices.chooseProfile(project, environment, profile);
    this.#store.updateProject(project, (state) => ({
      ...state,
      environments: this.#environments(project),
      live: { kind: 'unknown' },
    }));
    this.#moved.fire(project);
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#moved.dispose();
  }

  #search(): void {
    this.#find().catch((error: unknown) => this.#log.error('The search for Blueprints failed', error));
  }

  /** First those in their usual place, which are known at once; a search finds the others. */
  async #find(): Promise<void> {
    const near = await blueprintsInFolders();
    if (near.length > 0) this.#show(near);
    try {
      const all = await findBlueprints();
      this.#show([...near, ...all.filter((uri) => !near.some((known) => known.toString() === uri.toString()))]);
    } catch (error) {
      this.#log.warn(`Folders below could not be searched for Blueprints: ${String(error)}`);
      this.#show(near);
    }
  }

  #show(found: readonly vscode.Uri[]): void {
    this.#store.update({
      hasFolder: (vscode.workspace.workspaceFolders?.length ?? 0) > 0,
      searched: true,
      projects: found.map((uri) => this.#store.project(uri.toString()) ?? this.#fresh(uri)),
    });
    this.#follow(vscode.window.activeTextEditor);
    for (const uri of found) {
      const known = this.#reader.latest(uri.toString());
      if (known) {
        // An open editor or a restored panel may have had it read before the search found it.
        this.#take(known);
        continue;
      }
      this.#reader.read(uri).catch((error: unknown) => this.#log.error('A Blueprint could not be read', error));
    }
  }

  #fresh(uri: vscode.Uri): ProjectState {
    const id = uri.toString();
    return {
      id,
      name: vscode.workspace.asRelativePath(placeOf(uri).directory) || placeOf(uri).directory,
      environments: this.#environments(id),
      selected: this.#choices.environment(id),
      live: { kind: 'unknown' },
      resources: {},
    };
  }

  #take(reading: Reading): void {
    const id = reading.uri.toString();
    const project = this.#store.project(id);
    if (!project || !reading.sound) return;
    const environments = this.#environments(id);
    const chosen = this.#choices.environment(id);
    const selected = environments.some((environment) => environment.name === chosen) ? chosen : 'local';
    const first = project.live.kind === 'unknown';
    const moved = placeKey(project.environments, project.selected) !== placeKey(environments, selected);
    const { name } = reading.sound.project;
    this.#store.updateProject(id, (state) => ({
      ...state,
      name,
      environments,
      selected,
      live: moved ? { kind: 'unknown' } : state.live,
    }));
    if (first || moved) this.#moved.fire(id);
  }

  #environments(id: string): EnvironmentChoice[] {
    return environmentChoices(
      this.#reader.latest(id)?.sound,
      (environment) => this.#choices.profile(id, environment) ?? settings.profile(),
    );
  }

  /** A file that changed on disk; one that is open is read as it is typed. */
  #readSoon(uri: vscode.Uri): void {
    const open = vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString());
    if (open) return;
    this.#reader.read(uri).catch((error: unknown) => this.#log.error('A Blueprint could not be read', error));
  }

  /** The project whose Blueprint is in front is the one that commands mean. */
  #follow(editor: vscode.TextEditor | undefined): void {
    if (!editor || !isBlueprint(editor.document)) return;
    const id = editor.document.uri.toString();
    if (this.#store.project(id) && this.#store.state.current !== id) this.#store.update({ current: id });
  }
}

function placeKey(environments: EnvironmentChoice[], selected: string): string {
  const environment = environments.find((candidate) => candidate.name === selected);
  return JSON.stringify(environment ?? selected);
}
