import type * as vscode from 'vscode';
import type { Blueprint } from '../blueprint/blueprint.ts';
import type { LiveStack } from '../deployment/live.ts';
import type { Preview } from '../preview/preview.ts';
import { placeOf } from './blueprint-files.ts';
import type { BlueprintReader, Reading } from './blueprint-reader.ts';
import { targetOf } from './environments.ts';
import type { LoadSession, Session } from './session.ts';
import { settings } from './settings.ts';
import { type EnvironmentChoice, type ProjectState, selectedEnvironment } from './state.ts';
import type { StateStore } from './state-store.ts';

/** A preview with all that belongs to it. */
export interface ComputedPreview {
  reading: Reading;
  blueprint: Blueprint;
  environment: EnvironmentChoice;
  project: ProjectState;
  preview: Preview;
  /** Of what would be deployed; see `PreviewAnswer`. */
  fingerprint(): string;
  session: Session;
  /** Whether the workspace was trusted, and its own bundler could be asked for the code of functions. */
  trusted: boolean;
}

export type PreviewOutcome =
  | { kind: 'computed'; computed: ComputedPreview }
  /** No file any more, or none of this workspace. */
  | { kind: 'no-blueprint' }
  /** The Blueprint was never sound since the window opened. */
  | { kind: 'never-sound'; reading: Reading };

/** Computes what a deploy of a project's selected environment would do, from the text as it stands in the editor. */
export class Previews {
  readonly #store: StateStore;
  readonly #reader: BlueprintReader;
  readonly #loadSession: LoadSession;
  readonly #onComputed: (computed: ComputedPreview) => void;

  constructor(
    store: StateStore,
    reader: BlueprintReader,
    loadSession: LoadSession,
    onComputed: (computed: ComputedPreview) => void,
  ) {
    this.#store = store;
    this.#reader = reader;
    this.#loadSession = loadSession;
    this.#onComputed = onComputed;
  }

  async compute(uri: vscode.Uri): Promise<PreviewOutcome> {
    const id = uri.toString();
    const reading = this.#reader.latest(id) ?? (await this.#reader.read(uri));
    const project = this.#store.project(id);
    const environment = project && selectedEnvironment(project);
    if (!reading || !project || !environment) return { kind: 'no-blueprint' };
    const blueprint = reading.sound;
    if (!blueprint) return { kind: 'never-sound', reading };
    const session = await this.#loadSession();
    const { preview, fingerprint, labels } = await session.preview({
      place: placeOf(uri),
      blueprint,
      problems: reading.parsed.problems,
      target: targetOf(environment, settings.endpoint()),
      ...knownLive(project, environment),
    });
    const { trusted } = this.#store.state;
    const computed = { reading, blueprint, environment, project, preview, fingerprint, session, trusted };
    if (isShown(project)) this.#label(id, labels());
    this.#onComputed(computed);
    return { kind: 'computed', computed };
  }

  #label(id: string, resources: ProjectState['resources']): void {
    const project = this.#store.project(id);
    if (!project || JSON.stringify(resources) === JSON.stringify(project.resources)) return;
    this.#store.updateProject(id, (state) => ({ ...state, resources }));
  }
}

/** A local AWS keeps nothing when it ends: where none answers, nothing is deployed. */
function knownLive({ live }: ProjectState, environment: EnvironmentChoice): { live?: LiveStack[] } {
  if (live.kind === 'read') return { live: live.stacks };
  return environment.kind === 'local' && live.kind === 'obstacle' ? { live: [] } : {};
}

/** Its resources are lines of the tree, which are called as the Blueprint calls them. */
function isShown(project: ProjectState): boolean {
  return project.progress !== undefined || (project.live.kind === 'read' && project.live.stacks.length > 0);
}
