import type { PanelLine, PanelPreview, PanelProblem, PanelProgress, PanelStack } from '../../webview-ui/protocol.ts';
import type { DeploymentProgress } from '../deployment/progress.ts';
import { localEnvironment } from '../deployment/target.ts';
import type { Preview, ResourceChange, StackPreview } from '../preview/preview.ts';
import { layerTitles } from '../stacks/stack.ts';
import { changeSentence, isProduction } from './confirmation.ts';
import { progressText } from './stack-nodes.ts';
import type { EnvironmentChoice } from './state.ts';
import { progressStanding, standingIcons } from './status-words.ts';
import { counted, t } from './text.ts';

/** What a preview panel is drawn from. */
export interface PanelFacts {
  preview: Preview;
  environment: EnvironmentChoice;
  /** Of the account that answered, when one did. */
  account?: string;
  problems: PanelProblem[];
  /** The text has errors: what is shown is of the last sound Blueprint. */
  behind: boolean;
  trusted: boolean;
  deploying: boolean;
  progress?: DeploymentProgress;
  /** The line of a change, as the page has it. */
  lineOf(change: ResourceChange): string;
}

export function panelPreview(facts: PanelFacts): PanelPreview {
  const { preview, environment } = facts;
  const changing = preview.stacks.filter((stack) => stack.action !== 'none');
  const unchanged = preview.stacks
    .filter((stack) => stack.action === 'none')
    .map((stack) => layerTitles[stack.layer].title);
  return {
    kind: 'preview',
    place: {
      project: preview.project,
      environment: environment.name,
      local: environment.kind === 'local',
      production: isProduction(environment),
      where: whereOf(facts),
    },
    verdict: changeSentence(preview),
    ...(facts.behind
      ? { stale: t('The Blueprint has errors. This is the preview of the last version without any.') }
      : {}),
    ...(changing.length === 0
      ? {
          nothing: preview.baseline
            ? t('What is deployed is what the Blueprint says.')
            : t('The Blueprint describes no resources yet.'),
        }
      : {}),
    stacks: changing.map((stack) => panelStack(stack, facts.lineOf)),
    unchanged,
    notes: preview.notes,
    problems: facts.problems,
    deploy: deployButton(facts),
    ...(facts.progress && !isPast(facts.progress, changing.length) ? { progress: panelProgress(facts.progress) } : {}),
  };
}

/** Once the Blueprint has moved on, a deployment that went well has nothing more to say. */
function isPast(progress: DeploymentProgress, changing: number): boolean {
  return progress.result === 'succeeded' && changing > 0;
}

function whereOf({ environment, account }: PanelFacts): string {
  if (environment.kind === 'local') return t('the AWS on this machine: no account, no cost');
  const known = account ?? environment.account;
  return known
    ? t('{0}, account {1}', environment.region, known)
    : t('{0}, the account of your credentials', environment.region);
}

function panelStack(stack: StackPreview, lineOf: (change: ResourceChange) => string): PanelStack {
  const { title, purpose } = layerTitles[stack.layer];
  return {
    layer: stack.layer,
    title,
    purpose,
    summary: stackSummary(stack),
    action: stack.action === 'none' ? 'update' : stack.action,
    lines: stack.resources.map((change) => panelLine(change, lineOf)),
  };
}

/** "4 to create, 1 to update". */
function stackSummary(stack: StackPreview): string {
  const of = (action: ResourceChange['action']) => stack.resources.filter((change) => change.action === action).length;
  const parts = [
    [of('create'), t('{0} to create', of('create'))],
    [of('update'), t('{0} to update', of('update'))],
    [of('replace'), t('{0} to replace', of('replace'))],
    [of('delete'), t('{0} to delete', of('delete'))],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([, text]) => text);
  return said.length > 0 ? said.join(', ') : t('settings only');
}

function panelLine(change: ResourceChange, lineOf: (change: ResourceChange) => string): PanelLine {
  const remark = remarkOf(change);
  return {
    key: `${change.action}:${change.logicalId}`,
    action: change.action,
    text: lineOf(change),
    spoken: `${actionWord(change.action)} ${change.type}, ${change.label}${change.note ? `, ${change.note}` : ''}`,
    ...(remark ? { remark } : {}),
    ...(change.source ? { source: change.source } : {}),
  };
}

function actionWord(action: ResourceChange['action']): string {
  switch (action) {
    case 'create':
      return t('Create');
    case 'update':
      return t('Update');
    case 'replace':
      return t('Replace');
    case 'delete':
      return t('Delete');
  }
}

function remarkOf(change: ResourceChange): string | undefined {
  if (change.action === 'replace') return t('made anew: the old one goes, with what it holds');
  if (change.action === 'delete' && change.retained) return t('stays in the account with its data');
  return undefined;
}

function deployButton(facts: PanelFacts): PanelPreview['deploy'] {
  const label = t('Deploy to {0}', facts.environment.name);
  const reason = facts.deploying
    ? t('A deployment is running.')
    : !facts.trusted
      ? t('This workspace is in Restricted Mode. Trust it to deploy.')
      : facts.behind || facts.problems.some((problem) => problem.severity === 'error')
        ? t('Cure the errors of the Blueprint first.')
        : undefined;
  return { label, enabled: reason === undefined, ...(reason ? { reason } : {}) };
}

function panelProgress(progress: DeploymentProgress): PanelProgress {
  return {
    heading: progressHeading(progress),
    ...(progress.message ? { message: progress.message } : {}),
    running: progress.result === undefined,
    stacks: progress.stacks.map((stack) => {
      const { title, purpose } = layerTitles[stack.layer];
      const standing = progressStanding(stack.status);
      return {
        layer: stack.layer,
        standing,
        icon: standingIcons[standing].id.replace(/~spin$/, ''),
        title: `${title} (${purpose})`,
        status: progressText(stack),
        ...(stack.reason && standing !== 'complete' ? { reason: stack.reason } : {}),
      };
    }),
  };
}

/** "Deploying to us-east-2...", and how it ended. */
export function progressHeading(progress: DeploymentProgress): string {
  const place =
    progress.environment === localEnvironment ? localEnvironment : `${progress.environment}, ${progress.region}`;
  if (progress.result === undefined) return t('Deploying to {0}...', place);
  switch (progress.result) {
    case 'succeeded':
      return t('Deployed to {0}', place);
    case 'partial': {
      const failed = progress.stacks.filter((stack) => stack.status === 'failed' || stack.status === 'blocked').length;
      return counted(failed, 'Deployed in part: {0} stack is missing', 'Deployed in part: {0} stacks are missing');
    }
    case 'failed':
      return t('The deployment to {0} failed', place);
    case 'cancelled':
      return t('The deployment to {0} was cancelled', place);
  }
}
