import * as vscode from 'vscode';
import type { Blueprint } from '../blueprint/blueprint.ts';
import { placeOf } from './blueprint-files.ts';
import type { BlueprintReader } from './blueprint-reader.ts';
import { targetOf } from './environments.ts';
import type { LocalAws } from './local-aws.ts';
import type { Log } from './log.ts';
import { obstacleText } from './messages.ts';
import type { BlueprintPlace, LoadSession } from './session.ts';
import { settings } from './settings.ts';
import {
  type EnvironmentChoice,
  isDeploying,
  type LiveState,
  type ProjectState,
  selectedEnvironment,
} from './state.ts';
import type { StateStore } from './state-store.ts';
import { standingOf } from './status-words.ts';

/** Between two looks at stacks that somebody else's operation is moving, in milliseconds. */
const pause = 3_000;

/** Reads back what is live. Looks only while the view is visible, and again by itself only while something moves. */
export class LiveReader implements vscode.Disposable {
  readonly #store: StateStore;
  readonly #reader: BlueprintReader;
  readonly #localAws: LocalAws;
  readonly #loadSession: LoadSession;
  readonly #log: Log;
  readonly #turns = new Map<string, number>();
  readonly #stale = new Set<string>();
  readonly #read = new vscode.EventEmitter<string>();
  /** What is live in a project's environment was read. */
  readonly onDidRead = this.#read.event;
  #visible = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: {
    store: StateStore;
    reader: BlueprintReader;
    localAws: LocalAws;
    loadSession: LoadSession;
    log: Log;
  }) {
    this.#store = parts.store;
    this.#reader = parts.reader;
    this.#localAws = parts.localAws;
    this.#loadSession = parts.loadSession;
    this.#log = parts.log;
  }

  /** Follows the view: what was asked for while it was hidden is read when it shows. */
  setVisible(visible: boolean): void {
    this.#visible = visible;
    if (!visible) {
      clearTimeout(this.#timer);
      return;
    }
    for (const project of this.#store.state.projects) {
      if (project.live.kind === 'unknown' || this.#stale.has(project.id)) this.#start(project.id);
    }
    this.#lookAgain();
  }

  /** Something may be different now. Read at once when somebody looks, later otherwise. */
  invalidate(id: string): void {
    if (this.#visible) this.#start(id);
    else this.#stale.add(id);
  }

  /** Reads what is live in the selected environment of a project. */
  async read(id: string): Promise<LiveState> {
    const turn = (this.#turns.get(id) ?? 0) + 1;
    this.#turns.set(id, turn);
    this.#stale.delete(id);
    const { state } = this.#store;
    const project = this.#store.project(id);
    const environment = project && selectedEnvironment(project);
    const reading = this.#reader.latest(id);
    const blueprint = reading?.sound;
    if (!state.trusted || !project || !environment || !blueprint) return { kind: 'unknown' };
    if (project.live.kind === 'unknown') this.#set(id, { kind: 'reading' });
    const live = await this.#look(environment, blueprint, placeOf(reading.uri));
    if (this.#turns.get(id) !== turn) return live;
    if (live.kind === 'obstacle') this.#log.info(`${environment.name}: ${obstacleText(live.obstacle)}`);
    this.#set(id, live);
    if (live.kind === 'read') this.#read.fire(id);
    this.#lookAgain();
    return live;
  }

  dispose(): void {
    this.#read.dispose();
    clearTimeout(this.#timer);
  }

  async #look(environment: EnvironmentChoice, blueprint: Blueprint, place: BlueprintPlace): Promise<LiveState> {
    if (environment.kind === 'local' && !(await this.#localAws.look())) {
      return {
        kind: 'obstacle',
        obstacle: {
          code: 'local-aws-not-running',
          message: `The local AWS does not answer at ${settings.endpoint()}.`,
        },
      };
    }
    const session = await this.#loadSession();
    return session.readLive({ place, blueprint, target: targetOf(environment, settings.endpoint()) });
  }

  #start(id: string): void {
    this.read(id).catch((error: unknown) => {
      this.#log.error('What is live could not be read', error);
      this.#set(id, {
        kind: 'obstacle',
        obstacle: { code: 'unexpected', message: error instanceof Error ? error.message : String(error) },
      });
    });
  }

  #set(id: string, live: LiveState): void {
    this.#store.updateProject(id, (project) => ({ ...project, live }));
  }

  /** Another process, or a window that was reloaded, may have started what moves: it is followed to its end. */
  #lookAgain(): void {
    clearTimeout(this.#timer);
    const moving = this.#store.state.projects.filter((project) => isMoving(project) && !isDeploying(project));
    if (!this.#visible || moving.length === 0) return;
    this.#timer = setTimeout(() => {
      for (const project of moving) this.#start(project.id);
    }, pause);
  }
}

function isMoving({ live }: ProjectState): boolean {
  return live.kind === 'read' && live.stacks.some((stack) => standingOf(stack.status) === 'running');
}
