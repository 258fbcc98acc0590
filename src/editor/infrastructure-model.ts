import { stackNodes } from './stack-nodes.ts';
import {
  type EditorState,
  isDeploying,
  type ProjectState,
  projectStanding,
  selectedEnvironment,
  welcomeState,
} from './state.ts';
import type { Icon } from './status-words.ts';
import { counted, t } from './text.ts';

/** A line of the Infrastructure tree, as plain data: the view only draws it. */
export interface InfrastructureNode {
  /** Stable over refreshes and reloads: the view keeps selection and expansion by it. */
  id: string;
  kind: 'project' | 'environment' | 'stack' | 'resource' | 'note';
  label: string;
  description?: string;
  /** Lines of a tooltip; the first is its heading. */
  tooltip: string[];
  icon: Icon;
  /** What menus match: `stack.lambda.live`, `resource.function.source.live`. */
  contextValue: string;
  /** What a screen reader says for the whole line. */
  spoken: string;
  /** Absent for a line without children. */
  open?: boolean;
  /** Run when the line is pressed. */
  command?: 'backdrift.selectEnvironment' | 'backdrift.refresh';
  subject: Subject;
  children: InfrastructureNode[];
}

/** What a line is about: what its commands need. */
export interface Subject {
  project: string;
  layer?: string;
  logicalId?: string;
  type?: string;
  physicalId?: string;
  /** Path in the Blueprint joined with dots: `entities.task`. */
  source?: string;
}

/** The whole tree; empty while a welcome is shown instead. */
export function infrastructureTree(state: EditorState): InfrastructureNode[] {
  return welcomeState(state) === 'tree' ? state.projects.map((project) => projectNode(project, state)) : [];
}

function projectNode(project: ProjectState, state: EditorState): InfrastructureNode {
  const environment = environmentNode(project, state);
  return {
    id: project.id,
    kind: 'project',
    label: project.name,
    tooltip: [project.name, t('The Blueprint is {0}', decodeURI(project.id).replace(/^.*\//, ''))],
    icon: { id: 'project' },
    contextValue: 'project',
    spoken: t('Project {0}', project.name),
    open: true,
    subject: { project: project.id },
    children: environment ? [environment] : [],
  };
}

function environmentNode(project: ProjectState, state: EditorState): InfrastructureNode | undefined {
  const environment = selectedEnvironment(project);
  if (!environment) return undefined;
  const local = environment.kind === 'local';
  const account =
    project.live.kind === 'read'
      ? project.live.identity.account
      : ((project.progress?.account || environment.account) ?? undefined);
  const place = local
    ? t('local AWS on this machine')
    : account
      ? t('{0}, account {1}', environment.region, account)
      : environment.region;
  const children = environmentChildren(project, state);
  return {
    id: `${project.id}#${environment.name}`,
    kind: 'environment',
    label: environment.name,
    description: place,
    tooltip: [
      t('Environment {0}', environment.name),
      place,
      ...(environment.protected ? [t('Protected: blocked changes can never be overridden here.')] : []),
    ],
    icon: environmentIcon(environment.kind, environment.protected),
    contextValue: `environment.${environment.kind}`,
    spoken: t('Environment {0}, {1}', environment.name, place),
    open: true,
    subject: { project: project.id },
    children,
  };
}

/** Local has an icon of its own everywhere: it is never mistaken for an account. */
export function environmentIcon(kind: 'local' | 'aws', isProtected: boolean): Icon {
  if (kind === 'local') return { id: 'vm' };
  return isProtected ? { id: 'lock' } : { id: 'cloud' };
}

function environmentChildren(project: ProjectState, state: EditorState): InfrastructureNode[] {
  const standing = projectStanding(project, state);
  if (standing === 'tree') return stackNodes(project);
  const [label, command] = noteFor(standing);
  return [
    {
      id: `${project.id}#${project.selected}#note`,
      kind: 'note',
      label,
      tooltip: [label],
      icon: { id: standing === 'searching' ? 'loading~spin' : 'info' },
      contextValue: 'note',
      spoken: label,
      ...(command === undefined ? {} : { command }),
      subject: { project: project.id },
      children: [],
    },
  ];
}

function noteFor(standing: ReturnType<typeof projectStanding>): [string, InfrastructureNode['command']?] {
  switch (standing) {
    case 'localNotRunning':
      return [t('The local AWS is not running')];
    case 'noCredentials':
      return [t('No AWS credentials for this environment'), 'backdrift.selectEnvironment'];
    case 'nothingDeployed':
      return [t('Nothing is deployed here yet')];
    case 'unreadable':
      return [t('What is live here could not be read'), 'backdrift.refresh'];
    default:
      return [t('Reading what is live …')];
  }
}

/** The number on the view's icon while stacks are on their way; absent when nothing runs. */
export function runningBadge(state: EditorState): { value: number; tooltip: string } | undefined {
  const open = state.projects
    .filter(isDeploying)
    .flatMap((project) => project.progress?.stacks ?? [])
    .filter((stack) => stack.status === 'waiting' || stack.status === 'running').length;
  if (open === 0) return undefined;
  return {
    value: open,
    tooltip: counted(open, '{0} stack is still to be deployed', '{0} stacks are still to be deployed'),
  };
}
