import type { Problem } from './problem.ts';
import { largestText } from './text-tree.ts';

export type DecodedBlueprint = { ok: true; text: string } | { ok: false; problem: Problem };

/** A character takes one to four bytes in UTF-8: beyond this, no text can be short enough. */
export const largestBlueprint = largestText * 4;

/** Why a file of so many bytes is no Blueprint, to be asked before it is read; undefined when it may be one. */
export function sizeProblem(bytes: number): Problem | undefined {
  if (bytes <= largestBlueprint) return undefined;
  const message = `The Blueprint has ${Math.ceil(bytes / 1_000_000)} MB.`;
  return problem('too-large', message, 'Split the backend into several projects.');
}

/**
 * The text of a Blueprint file. Only UTF-8 is read, with or without a byte order mark (which is dropped, as editors do);
 * anything else is a problem, never replacement characters. A file that is too large is refused before it is decoded.
 */
export function decodeBlueprint(bytes: Uint8Array): DecodedBlueprint {
  const tooLarge = sizeProblem(bytes.length);
  if (tooLarge) return { ok: false, problem: tooLarge };
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return { ok: false, problem: problem('not-utf-8', 'The Blueprint is written in UTF-16.', 'Save it as UTF-8.') };
  }
  const text = decode(bytes);
  if (text !== undefined) return { ok: true, text };
  const { line } = firstUnreadable(bytes);
  const message = `The Blueprint is not UTF-8: line ${line} cannot be read.`;
  return { ok: false, problem: problem('not-utf-8', message, 'Save it as UTF-8.') };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    // The decoder's own way of saying that the bytes are no UTF-8; anything else is a bug.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** The line of the first bytes that are no UTF-8, counted from 1. */
function firstUnreadable(bytes: Uint8Array): { line: number } {
  let line = 1;
  let start = 0;
  for (;;) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    if (decode(bytes.subarray(start, end)) === undefined || newline < 0) return { line };
    line++;
    start = end;
  }
}

function problem(code: 'too-large' | 'not-utf-8', message: string, hint: string): Problem {
  return { code, severity: 'error', message, hint, range: { start: 0, end: 0 }, path: [] };
}
