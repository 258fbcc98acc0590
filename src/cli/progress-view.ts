import { printable } from '../deployment/printable.ts';
import { type DeploymentEvent, type DeploymentProgress, noProgress, reduceProgress } from '../deployment/progress.ts';
import { progressLines, stackLine } from './progress-lines.ts';
import type { Terminal } from './terminal.ts';

/** Shows a deployment while it runs. */
export interface ProgressView {
  event(event: DeploymentEvent): void;
  progress(): DeploymentProgress;
  /** Shows what is not shown yet. */
  end(): void;
}

/** Drawn over where a person watches, a line per change otherwise. Events that come together are shown together. */
export function progressView(terminal: Terminal): ProgressView {
  const show = terminal.live ? drawnOver(terminal) : lineByLine(terminal);
  let progress = noProgress;
  let shown = noProgress;
  let messages: string[] = [];
  const flush = () => {
    if (progress === shown && messages.length === 0) return;
    show(messages, shown, progress);
    [shown, messages] = [progress, []];
  };
  return {
    event(event) {
      progress = reduceProgress(progress, event);
      if (event.type === 'log' && (event.level === 'warn' || event.level === 'error')) messages.push(event.message);
      queueMicrotask(flush);
    },
    progress: () => progress,
    end: flush,
  };
}

type Show = (messages: readonly string[], before: DeploymentProgress, after: DeploymentProgress) => void;

function drawnOver(terminal: Terminal): Show {
  let drawn: string[] = [];
  return (messages, _before, after) => {
    // A reason longer than the line is told in full once the deployment is over.
    const lines = progressLines(after).map((line) => cut(line, terminal.columns()));
    if (messages.length === 0 && lines.join('\n') === drawn.join('\n')) return;
    const erase = drawn.length === 0 ? '' : `\u001b[${drawn.length}A\u001b[0J`;
    terminal.draw(erase + [...messages, ...lines].map((line) => `${printable(line)}\n`).join(''));
    drawn = lines;
  };
}

/** Signs take two columns, so a line must end earlier than it is counted. */
function cut(line: string, columns: number): string {
  const characters = [...line];
  return characters.length < columns - 2 ? line : `${characters.slice(0, Math.max(columns - 4, 1)).join('')}…`;
}

function lineByLine(terminal: Terminal): Show {
  return (messages, before, after) => {
    for (const message of messages) terminal.err(message);
    const message = withoutCount(after.message);
    if (message !== undefined && withoutCount(before.message) !== message) terminal.err(message);
    for (const [index, stack] of after.stacks.entries()) {
      const line = stackLine(stack);
      const known = before.stacks[index];
      const news = known === undefined ? stack.status !== 'waiting' : stackLine(known) !== line;
      if (news) terminal.err(line);
    }
  };
}

/** Lines stay, so a count that goes up would fill the log of a build. */
function withoutCount(message: string | undefined): string | undefined {
  return message?.replace(/ \(\d+ of \d+\)$/, '');
}
