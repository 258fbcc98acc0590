import type { Region } from '../blueprint/schema.ts';
import type { HistoryEntry, LiveStack } from '../deployment/live.ts';
import type { DeploymentProgress } from '../deployment/progress.ts';
import type { Identity } from '../deployment/target.ts';
import type { Obstacle } from './session.ts';

/** All that the editor knows, as one value: tree, status bar and context keys are drawn from it. */
export interface EditorState {
  trusted: boolean;
  hasFolder: boolean;
  /** The search for Blueprints has ended once. */
  searched: boolean;
  /** In the order of their paths. */
  projects: ProjectState[];
  /** The project that commands without an argument mean. */
  current?: string;
  localAws: LocalAwsState;
}

export interface ProjectState {
  /** The Blueprint's address; the identity of the project in this editor. */
  id: string;
  /** From the last sound Blueprint, else the name of the folder. */
  name: string;
  /** Those of the Blueprint, in its order, and `local` last. */
  environments: EnvironmentChoice[];
  /** Name of the environment in sight. */
  selected: string;
  live: LiveState;
  /** The deployment that runs, or the last one of this window. */
  progress?: DeploymentProgress;
  /** Where in the Blueprint an entity, a function … is: labels of resources by stack and logical id. */
  resources: Record<string, { label: string; source?: string }>;
}

export interface EnvironmentChoice {
  name: string;
  kind: 'local' | 'aws';
  region: Region;
  /** The only account allowed, from the Blueprint. */
  account?: string;
  protected: boolean;
  profile?: string;
}

/** What is known of what is live in the selected environment. */
export type LiveState =
  | { kind: 'unknown' }
  | { kind: 'reading' }
  | { kind: 'read'; identity: Identity; stacks: LiveStack[]; lastEntry?: HistoryEntry }
  | { kind: 'obstacle'; obstacle: Obstacle };

export type LocalAwsState =
  /** Nobody has looked yet. */
  | { kind: 'unknown' }
  | { kind: 'stopped' }
  | { kind: 'starting' }
  /** `ours`: this window started it and can stop it. */
  | { kind: 'running'; endpoint: string; ours: boolean };

/** The environment in sight. */
export function selectedEnvironment(project: ProjectState): EnvironmentChoice | undefined {
  return project.environments.find((environment) => environment.name === project.selected);
}

export function currentProject(state: EditorState): ProjectState | undefined {
  return state.projects.find((project) => project.id === state.current) ?? state.projects[0];
}

/** A deployment of this window is under way. */
export function isDeploying(project: ProjectState): boolean {
  return project.progress !== undefined && project.progress.result === undefined;
}

/** Which welcome the Infrastructure view shows; `tree` when there is something to show instead. */
export type WelcomeState =
  | 'searching'
  | 'noFolder'
  | 'noBlueprint'
  | 'untrusted'
  | 'noCredentials'
  | 'nothingDeployed'
  | 'localNotRunning'
  | 'unreadable'
  | 'tree';

/** Welcomes are for one project; with several, the tree says the same in a line of each. */
export function welcomeState(state: EditorState): WelcomeState {
  if (!state.hasFolder) return 'noFolder';
  if (!state.searched) return 'searching';
  const [only, ...others] = state.projects;
  if (!only) return 'noBlueprint';
  if (!state.trusted) return 'untrusted';
  return others.length > 0 ? 'tree' : projectStanding(only, state);
}

/** Obstacles that other credentials cure. */
export const aboutCredentials: ReadonlySet<string> = new Set([
  'no-credentials',
  'expired-credentials',
  'invalid-credentials',
  'unknown-profile',
  'mfa-required',
  'wrong-account',
]);

/** What there is to show of a project's selected environment. */
export function projectStanding(project: ProjectState, state: EditorState): WelcomeState {
  if (isDeploying(project)) return 'tree';
  const local = selectedEnvironment(project)?.kind === 'local';
  if (local && state.localAws.kind === 'stopped') return 'localNotRunning';
  const { live } = project;
  switch (live.kind) {
    case 'unknown':
    case 'reading':
      return 'searching';
    case 'obstacle':
      if (aboutCredentials.has(live.obstacle.code)) return 'noCredentials';
      return live.obstacle.code === 'local-aws-not-running' ? 'localNotRunning' : 'unreadable';
    case 'read':
      return live.stacks.length === 0 ? 'nothingDeployed' : 'tree';
  }
}
