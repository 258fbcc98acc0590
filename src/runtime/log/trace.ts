import { Misconfigured } from '../misconfigured.ts';

/** What may be said of an error: its name, and where in the code it was thrown. */
export interface Trace {
  error: string;
  at?: string[];
}

const mostFrames = 8;

/** `at name (file:///var/task/index.mjs:1:2)`, the form of V8; nothing else of a stack is kept. */
const frame = /^\s+at (?:[\w$.<>[\]# ]{1,120} \()?(?:file:\/\/|node:|\/|[A-Za-z]:\\|\.\.?\/)[^\s()]{1,300}:\d+:\d+\)?$/;

/**
 * Name and place of an error without its message: messages of the database quote what callers sent, and so may those
 * of anybody else. Our own `Misconfigured` names no data and keeps it.
 */
export function traceOf(error: unknown): Trace {
  if (!(error instanceof Error)) return { error: typeof error };
  if (error instanceof Misconfigured) return { error: error.name, at: [error.message] };
  const frames = stackWithoutMessage(error)
    .split('\n')
    .filter((line) => frame.test(line));
  return { error: plainName(error.name), at: frames.slice(0, mostFrames).map((line) => line.trim()) };
}

/** The name is a property like any other, and may have been set to anything. */
function plainName(name: unknown): string {
  return typeof name === 'string' && /^[A-Za-z][A-Za-z0-9_$]{0,79}$/.test(name) ? name : 'Error';
}

/** A message may have lines that look like frames. */
function stackWithoutMessage({ stack, message }: Error): string {
  if (typeof stack !== 'string') return '';
  const text = typeof message === 'string' && message !== '' ? message : undefined;
  const at = text === undefined ? -1 : stack.indexOf(text);
  return text === undefined || at < 0 ? stack : stack.slice(at + text.length);
}
