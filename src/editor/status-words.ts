import type { StackProgressStatus } from '../deployment/progress.ts';
import { t } from './text.ts';

/** How a stack or a resource stands, for a reader: never by colour alone. */
export type Standing = 'complete' | 'running' | 'waiting' | 'failed' | 'attention' | 'blocked' | 'cancelled' | 'absent';

/** A codicon and the theme colour it is drawn in. */
export interface Icon {
  id: string;
  color?: string;
}

/** The icon of each standing. The colours are the editor's own for passed, failed and running things. */
export const standingIcons: Record<Standing, Icon> = {
  complete: { id: 'pass-filled', color: 'testing.iconPassed' },
  running: { id: 'sync~spin', color: 'charts.blue' },
  waiting: { id: 'clock', color: 'descriptionForeground' },
  failed: { id: 'error', color: 'testing.iconFailed' },
  attention: { id: 'warning', color: 'list.warningForeground' },
  blocked: { id: 'circle-slash', color: 'list.warningForeground' },
  cancelled: { id: 'stop-circle', color: 'descriptionForeground' },
  absent: { id: 'circle-outline', color: 'descriptionForeground' },
};

/** The word for each standing, as the deployment page has it. */
export function standingWord(standing: Standing): string {
  switch (standing) {
    case 'complete':
      return t('Complete');
    case 'running':
      return t('In progress');
    case 'waiting':
      return t('Waiting');
    case 'failed':
      return t('Failed');
    case 'attention':
      return t('Rolled back');
    case 'blocked':
      return t('Blocked');
    case 'cancelled':
      return t('Cancelled');
    case 'absent':
      return t('Not deployed');
  }
}

/**
 * The standing behind a status of CloudFormation's own, of a stack or of a resource.
 * Statuses: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
 */
export function standingOf(status: string): Standing {
  if (status === 'REVIEW_IN_PROGRESS' || status === 'DELETE_COMPLETE') return 'absent';
  if (status.endsWith('_IN_PROGRESS')) return 'running';
  // A first creation that failed leaves an empty stack behind: nothing of it is there.
  if (status === 'ROLLBACK_COMPLETE' || status.endsWith('_FAILED')) return 'failed';
  if (status === 'UPDATE_ROLLBACK_COMPLETE' || status === 'IMPORT_ROLLBACK_COMPLETE') return 'attention';
  if (status === 'DELETE_SKIPPED') return 'attention';
  if (status.endsWith('_COMPLETE')) return 'complete';
  return 'attention';
}

/** The standing of a stack while the engine works on it. */
export function progressStanding(status: StackProgressStatus): Standing {
  switch (status) {
    case 'unchanged':
      return 'complete';
    case 'complete':
    case 'running':
    case 'waiting':
    case 'failed':
    case 'blocked':
    case 'cancelled':
      return status;
  }
}
