import { type DeploymentEvent, type DeploymentProgress, noProgress, reduceProgress } from '../deployment/progress.ts';
import { progressLines, stackLine } from './progress-lines.ts';
import type { Terminal } from './terminal.ts';

/** Shows a deployment while it runs. */
export interface ProgressView {
  event(event: DeploymentEvent): void;
  progress(): DeploymentProgress;
}

/** Drawn over where a person watches, a line per change otherwise. */
export function progressView(terminal: Terminal): ProgressView {
  let progress = noProgress;
  const show = terminal.live ? drawnOver(terminal) : lineByLine(terminal);
  return {
    event(event) {
      const before = progress;
      progress = reduceProgress(progress, event);
      show(event, before, progress);
    },
    progress: () => progress,
  };
}

type Show = (event: DeploymentEvent, before: DeploymentProgress, after: DeploymentProgress) => void;

function drawnOver(terminal: Terminal): Show {
  let drawn: string[] = [];
  const erase = () => (drawn.length === 0 ? '' : `\u001b[${drawn.length}A\u001b[0J`);
  return (event, _before, after) => {
    const warning =
      event.type === 'log' && (event.level === 'warn' || event.level === 'error') ? `${event.message}\n` : '';
    const lines = progressLines(after).map((line) => cut(line, terminal.columns()));
    if (warning === '' && lines.join('\n') === drawn.join('\n')) return;
    terminal.draw(`${erase()}${warning}${lines.map((line) => `${line}\n`).join('')}`);
    // A reason longer than the line is told in full once the deployment is over.
    drawn = lines;
  };
}

/** Signs take two columns, so a line must end one earlier than it is counted. */
function cut(line: string, columns: number): string {
  const characters = [...line];
  return characters.length < columns - 2 ? line : `${characters.slice(0, Math.max(columns - 4, 1)).join('')}…`;
}

function lineByLine(terminal: Terminal): Show {
  return (event, before, after) => {
    if (event.type === 'preparing' && before.message !== after.message) terminal.err(event.message);
    if (event.type === 'log' && (event.level === 'warn' || event.level === 'error')) terminal.err(event.message);
    for (const [index, stack] of after.stacks.entries()) {
      const line = stackLine(stack);
      const known = before.stacks[index];
      if (stack.status !== 'waiting' && (known === undefined || stackLine(known) !== line)) terminal.err(line);
    }
  };
}
