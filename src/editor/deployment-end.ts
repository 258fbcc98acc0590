import type { LiveStack } from '../deployment/live.ts';
import type { DeploymentProgress, StackProgress } from '../deployment/progress.ts';
import { localEnvironment } from '../deployment/target.ts';
import { layerTitles } from '../stacks/stack.ts';
import type { CommandName } from './command-ids.ts';
import { counted, t } from './text.ts';

/** How a deployment ended, in one message with the next step. */
export interface EndMessage {
  severity: 'information' | 'error';
  text: string;
  next: { title: string; command: CommandName }[];
}

export function endMessage(project: string, progress: DeploymentProgress, live: readonly LiveStack[]): EndMessage {
  const place =
    progress.environment === localEnvironment ? t('the local AWS') : `${progress.environment} (${progress.region})`;
  const output = { title: t('Show Output'), command: 'showOutput' } as const;
  const again = { title: t('Deploy Again'), command: 'deploy' } as const;
  switch (progress.result) {
    case 'succeeded':
      return {
        severity: 'information',
        text: `${t('{0} is deployed to {1}', project, place)}: ${successDetail(progress)}.`,
        next: nextSteps(live),
      };
    case 'cancelled':
      return {
        severity: 'information',
        text: t(
          'The deployment of {0} to {1} was cancelled. {2} Deploy again to finish it.',
          project,
          place,
          standing(progress),
        ),
        next: [again, output],
      };
    default:
      return {
        severity: 'error',
        text: `${t('The deployment of {0} to {1} is not complete.', project, place)} ${failureDetail(progress)}`,
        next: [output, again],
      };
  }
}

function successDetail(progress: DeploymentProgress): string {
  const resources = progress.stacks.reduce((sum, stack) => sum + stack.done, 0);
  if (resources === 0) return t('nothing had to change');
  const touched = progress.stacks.filter((stack) => stack.done > 0).length;
  return `${counted(resources, '{0} resource', '{0} resources')}, ${counted(touched, '{0} stack', '{0} stacks')}`;
}

function standing(progress: DeploymentProgress): string {
  const done = progress.stacks.filter((stack) => stack.status === 'complete' || stack.status === 'unchanged').length;
  return t('{0} of {1} stacks are complete.', done, progress.stacks.length);
}

/** Names what failed and why: the first cause is what the user has to cure. */
function failureDetail(progress: DeploymentProgress): string {
  const failed = progress.stacks.filter((stack) => stack.status === 'failed');
  const [first] = failed;
  if (!first) return standing(progress);
  const others = failed.length - 1;
  const title = (stack: StackProgress) => layerTitles[stack.layer].title;
  return [
    first.reason ? t('{0} failed: {1}', title(first), first.reason) : t('{0} failed.', title(first)),
    ...(others > 0 ? [counted(others, '{0} other stack failed too.', '{0} other stacks failed too.')] : []),
    standing(progress),
  ].join(' ');
}

function nextSteps(live: readonly LiveStack[]): EndMessage['next'] {
  const layers = new Set(live.map((stack) => stack.layer));
  return [
    ...(layers.has('amplify') ? [{ title: t('View Frontend'), command: 'viewFrontend' } as const] : []),
    ...(layers.has('api') ? [{ title: t('Test Health'), command: 'testHealth' } as const] : []),
  ];
}
