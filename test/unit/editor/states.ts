import type { LiveStack } from '../../../src/deployment/live.ts';
import type { StackProgress } from '../../../src/deployment/progress.ts';
import type { EditorState, ProjectState } from '../../../src/editor/state.ts';

/** States as the editor has them, for the tests of what is drawn from them. */

export function editorState(change: Partial<EditorState> = {}): EditorState {
  return {
    trusted: true,
    hasFolder: true,
    searched: true,
    projects: [project()],
    localAws: { kind: 'stopped' },
    ...change,
  };
}

export function project(change: Partial<ProjectState> = {}): ProjectState {
  return {
    id: 'file:///projects/shop/backdrift.yaml',
    name: 'Shop',
    environments: [
      { name: 'dev', kind: 'aws', region: 'us-east-2', protected: false },
      { name: 'prod', kind: 'aws', region: 'us-east-1', protected: true, account: '999999999999' },
      { name: 'local', kind: 'local', region: 'us-east-2', protected: false },
    ],
    selected: 'dev',
    live: { kind: 'unknown' },
    resources: {},
    ...change,
  };
}

export const identity = { account: '111122223333', arn: 'arn:aws:iam::111122223333:user/someone' };

export function liveStack(change: Partial<LiveStack> & Pick<LiveStack, 'layer'>): LiveStack {
  const name = `backdrift-shop-dev-${change.layer}`;
  return { name, stackId: `arn:${name}`, status: 'CREATE_COMPLETE', outputs: {}, resources: [], ...change };
}

export function moving(change: Partial<StackProgress> & Pick<StackProgress, 'layer'>): StackProgress {
  const name = `backdrift-shop-dev-${change.layer}`;
  return { name, action: 'create', status: 'waiting', planned: 0, done: 0, resources: {}, ...change };
}
