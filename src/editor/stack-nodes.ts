import type { HistoryStack, LiveResource, LiveStack } from '../deployment/live.ts';
import type { DeploymentProgress, StackProgress } from '../deployment/progress.ts';
import { type Layer, layers, layerTitles } from '../stacks/stack.ts';
import type { InfrastructureNode } from './infrastructure-model.ts';
import { resourceIcon } from './resource-icons.ts';
import { isDeploying, type ProjectState } from './state.ts';
import { progressStanding, type Standing, standingIcons, standingOf, standingWord } from './status-words.ts';
import { counted, t } from './text.ts';

/**
 * The stacks of a project's environment: as the engine reports them while it works, as CloudFormation reports them
 * otherwise, and with what the last deployment could not do where CloudFormation knows of no stack.
 */
export function stackNodes(project: ProjectState): InfrastructureNode[] {
  const progress = newestProgress(project);
  const live = new Map<Layer, LiveStack>(
    project.live.kind === 'read' ? project.live.stacks.map((stack) => [stack.layer, stack]) : [],
  );
  const deploying = isDeploying(project);
  const nodes: InfrastructureNode[] = [];
  for (const layer of layers) {
    const moving = progress?.stacks.find((stack) => stack.layer === layer);
    const there = live.get(layer);
    const remembered = project.live.kind === 'read' ? project.live.lastEntry?.stacks[layer] : undefined;
    if (deploying && moving) nodes.push(movingNode(project, moving, there));
    else if (there) nodes.push(liveNode(project, there, failureOf(moving, remembered)));
    else if (moving && moving.status !== 'complete' && moving.status !== 'unchanged')
      nodes.push(movingNode(project, moving, undefined));
    else if (remembered && (remembered.result === 'failed' || remembered.result === 'blocked'))
      nodes.push(absentNode(project, layer, remembered));
  }
  return nodes;
}

/** The progress of this window, unless somebody else has deployed since. */
function newestProgress({ progress, live }: ProjectState): DeploymentProgress | undefined {
  if (progress?.result === undefined || live.kind !== 'read' || live.lastEntry === undefined) return progress;
  return live.lastEntry.number > (progress.deployment ?? 0) ? undefined : progress;
}

interface Failure {
  standing: 'failed' | 'blocked';
  reason: string | undefined;
}

/** What the last deployment could not do with a stack. CloudFormation forgets it; we say it. */
function failureOf(moving: StackProgress | undefined, remembered: HistoryStack | undefined): Failure | undefined {
  const standing = moving ? moving.status : remembered?.result;
  if (standing !== 'failed' && standing !== 'blocked') return undefined;
  return { standing, reason: moving ? moving.reason : remembered?.reason };
}

function movingNode(project: ProjectState, stack: StackProgress, there: LiveStack | undefined): InfrastructureNode {
  const standing = progressStanding(stack.status);
  const status = progressText(stack);
  const known = new Map<string, LiveResource>(there?.resources.map((resource) => [resource.logicalId, resource]));
  for (const [logicalId, resource] of Object.entries(stack.resources)) {
    known.set(logicalId, { logicalId, ...resource });
  }
  return stackNode(project, stack.layer, {
    standing,
    status,
    name: stack.name,
    reason: stack.reason,
    live: there !== undefined,
    resources: [...known.values()],
  });
}

/** `3/5 complete` while it runs, the word otherwise. */
export function progressText(stack: StackProgress): string {
  if (stack.status === 'running' && stack.planned > 0) return t('{0}/{1} complete', stack.done, stack.planned);
  if (stack.status === 'unchanged') return t('Complete, unchanged');
  return standingWord(progressStanding(stack.status));
}

function liveNode(project: ProjectState, stack: LiveStack, failure: Failure | undefined): InfrastructureNode {
  const own = standingOf(stack.status);
  // What moves now has overtaken how the last deployment ended.
  const standing: Standing = failure !== undefined && own !== 'running' ? failure.standing : own;
  const resources = stack.resources.filter((resource) => resource.status !== 'DELETE_COMPLETE');
  const done = resources.filter((resource) => standingOf(resource.status) === 'complete').length;
  const status =
    standing === 'running' && resources.length > 0
      ? t('{0}/{1} complete', done, resources.length)
      : standingWord(standing);
  return stackNode(project, stack.layer, {
    standing,
    status,
    name: stack.name,
    reason: failure?.reason ?? (standing === 'complete' ? undefined : stack.reason),
    live: standing !== 'absent',
    resources,
    cloudFormation: stack.status,
  });
}

function absentNode(project: ProjectState, layer: Layer, remembered: HistoryStack): InfrastructureNode {
  const standing: Standing = remembered.result === 'failed' ? 'failed' : 'blocked';
  return stackNode(project, layer, {
    standing,
    status: standingWord(standing),
    name: remembered.name,
    reason: remembered.reason,
    live: false,
    resources: [],
  });
}

interface StackFacts {
  standing: Standing;
  status: string;
  name: string;
  reason: string | undefined;
  live: boolean;
  resources: LiveResource[];
  cloudFormation?: string;
}

function stackNode(project: ProjectState, layer: Layer, facts: StackFacts): InfrastructureNode {
  const { title, purpose } = layerTitles[layer];
  const shownReason = facts.reason !== undefined && facts.standing !== 'complete' ? facts.reason : undefined;
  const id = `${project.id}#${project.selected}#${layer}`;
  return {
    id,
    kind: 'stack',
    label: title,
    description: shownReason ? `${facts.status} · ${shownReason}` : `${facts.status} · ${purpose}`,
    tooltip: [
      `${title} (${purpose})`,
      facts.status,
      ...(shownReason ? [shownReason] : []),
      facts.name,
      ...(facts.cloudFormation ? [facts.cloudFormation] : []),
      ...(facts.resources.length > 0 ? [counted(facts.resources.length, '{0} resource', '{0} resources')] : []),
    ],
    icon: standingIcons[facts.standing],
    contextValue: `stack.${layer}.${facts.standing}${facts.live ? '.live' : ''}`,
    spoken: `${title}, ${purpose}, ${facts.status}${shownReason ? `, ${shownReason}` : ''}`,
    ...(facts.resources.length > 0 ? { open: facts.standing === 'running' || facts.standing === 'failed' } : {}),
    subject: { project: project.id, layer },
    children: facts.resources.map((resource) => resourceNode(project, layer, id, resource)),
  };
}

/** What menus tell lines apart by. A job is its schedule. */
function kindOf(type: string, source: string | undefined): 'function' | 'job' | 'other' {
  if (type === 'AWS::Lambda::Function') return 'function';
  return type === 'AWS::Events::Rule' && source?.startsWith('jobs.') ? 'job' : 'other';
}

function resourceNode(project: ProjectState, layer: Layer, parent: string, resource: LiveResource): InfrastructureNode {
  const known = project.resources[`${layer}/${resource.logicalId}`];
  const standing = standingOf(resource.status);
  const settled = standing === 'complete';
  const label = known?.label ?? resource.logicalId;
  const word = standingWord(standing);
  const detail = settled
    ? (resource.physicalId ?? resource.type)
    : resource.reason
      ? `${word} · ${resource.reason}`
      : word;
  const marks = [
    kindOf(resource.type, known?.source),
    ...(known?.source ? ['source'] : []),
    ...(resource.physicalId ? ['live'] : []),
  ];
  return {
    id: `${parent}#${resource.logicalId}`,
    kind: 'resource',
    label,
    description: detail,
    tooltip: [
      label,
      resource.type,
      `${word} (${resource.status})`,
      ...(resource.physicalId ? [resource.physicalId] : []),
      ...(resource.reason ? [resource.reason] : []),
      t('Logical id {0}', resource.logicalId),
    ],
    icon: settled ? { id: resourceIcon(resource.type) } : standingIcons[standing],
    contextValue: `resource.${marks.join('.')}`,
    spoken: `${label}, ${resource.type}, ${word}${resource.reason ? `, ${resource.reason}` : ''}`,
    subject: {
      project: project.id,
      layer,
      logicalId: resource.logicalId,
      type: resource.type,
      ...(resource.physicalId ? { physicalId: resource.physicalId } : {}),
      ...(known?.source ? { source: known.source } : {}),
    },
    children: [],
  };
}
