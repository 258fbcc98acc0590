/** Why a text is not a regular expression, or undefined when it is one. */
export function patternError(pattern: string, flags = ''): string | undefined {
  try {
    new RegExp(pattern, flags);
    return undefined;
  } catch (error) {
    // The engine says `Invalid regular expression: /…/: Unterminated group`; the end is what helps.
    const message = error instanceof Error ? error.message : String(error);
    return (message.split(': ').at(-1) ?? message).toLowerCase();
  }
}

/** A repeated group that holds a repetition, such as (a+)+: the usual sign of catastrophic backtracking. */
export function looksSlow(pattern: string): boolean {
  const groups: { repeats: boolean }[] = [];
  let inClass = false;
  for (let at = 0; at < pattern.length; at++) {
    const sign = pattern.charAt(at);
    if (sign === '\\') at++;
    else if (inClass) inClass = sign !== ']';
    else if (sign === '[') inClass = true;
    else if (sign === '(') groups.push({ repeats: false });
    else if (sign === ')') {
      const group = groups.pop();
      const repeated = unbounded(pattern, at + 1);
      if (group?.repeats && repeated) return true;
      const around = groups.at(-1);
      if (around !== undefined && (repeated || group?.repeats)) around.repeats = true;
    } else if (unbounded(pattern, at)) {
      const around = groups.at(-1);
      if (around !== undefined) around.repeats = true;
    }
  }
  return false;
}

function unbounded(pattern: string, at: number): boolean {
  return /^(\*|\+|\{\d+,\}|\{\d+,\d{2,}\})/.test(pattern.slice(at, at + 12));
}

/**
 * Whether the whole of a text matches a pattern; undefined where finding out could take long. A pattern is the user's,
 * and the editor must not wait for it.
 */
export function matchesWhole(pattern: string, text: string): boolean | undefined {
  const repetitions = pattern.match(/[*+?{]/g)?.length ?? 0;
  const short = text.length <= 16 && repetitions <= 6;
  const simple = text.length <= 500 && repetitions <= 2 && !/\)[*+?{]/.test(pattern);
  if ((!short && !simple) || looksSlow(pattern)) return undefined;
  return new RegExp(`^(?:${pattern})$`).test(text);
}
