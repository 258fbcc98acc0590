import type { contextKeys } from './command-ids.ts';
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
    hasJobs: stacks.includes('eventbridge'),
  };
}
