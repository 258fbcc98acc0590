import type { DeploymentProgress, StackProgress } from '../deployment/progress.ts';
import { layerTitles } from '../stacks/stack.ts';

/** Every stack on a line, as the product shows a deployment: `🔄 Lambda Stack (functions) - 3/5 complete`. */
export function progressLines(progress: DeploymentProgress): string[] {
  const lines = progress.stacks.map(stackLine);
  return progress.message === undefined ? lines : [...lines, `   ${progress.message}`];
}

/** One stack's line. */
export function stackLine(stack: StackProgress): string {
  const { title, purpose } = layerTitles[stack.layer];
  const name = `${title} (${purpose})`;
  const reason = stack.reason === undefined ? '' : `: ${stack.reason}`;
  switch (stack.status) {
    case 'waiting':
      return `⏳ ${name}${reason === '' ? '' : ` - waiting${reason}`}`;
    case 'running':
      return `🔄 ${name}${stack.planned === 0 ? '' : ` - ${stack.done}/${stack.planned} complete`}`;
    case 'complete':
      return `✅ ${name}${stack.action === 'delete' ? ' - deleted' : ''}`;
    case 'unchanged':
      return `✅ ${name} - unchanged`;
    case 'failed':
      return `❌ ${name} - failed${reason}`;
    case 'blocked':
      return `⛔ ${name} - not begun${reason}`;
    case 'cancelled':
      return `🚫 ${name} - cancelled${reason}`;
  }
}
