import type { SyntaxProblem } from './compose.ts';

/** Whether a text is meant as JSON: its first sign is a brace, and then a quote or a closing brace. */
export function looksLikeJson(text: string): boolean {
  return /^\uFEFF?\s*\{\s*(["}]|$)/.test(text);
}

/** The first place where a text is not JSON, in the words of JSON; undefined when it is. */
export function jsonProblem(text: string): SyntaxProblem | undefined {
  // A stack of what is open, so that no depth of nesting is a danger.
  const open: { bracket: '{' | '['; at: number }[] = [];
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let expect: 'value' | 'key' | 'first-key' | 'first-value' | 'colon' | 'comma' | 'end' = 'value';
  const token = /\s*(?:("(?:[^"\\\n\r]|\\.)*"?)|([{}[\]:,])|([^\s{}[\]:,"]+)|$)/y;
  for (;;) {
    token.lastIndex = at;
    const match = token.exec(text);
    if (match === null) return undefined;
    const [whole, string, sign, word] = match;
    const end = at + whole.length;
    const start = end - (string ?? sign ?? word ?? '').length;
    const wrong = (message: string, hint: string) => problem(message, hint, start, Math.max(end, start));
    at = end;
    if (string === undefined && sign === undefined && word === undefined) {
      const last = open.at(-1);
      if (last === undefined) return expect === 'end' ? undefined : wrong('The JSON ends too early.', 'Write a value.');
      const closing = last.bracket === '{' ? '}' : ']';
      return problem(
        `\`${last.bracket}\` is opened here and not closed.`,
        `Write \`${closing}\` where it ends.`,
        last.at,
        last.at + 1,
      );
    }
    if (word?.startsWith('/'))
      return wrong('JSON has no comments.', 'Remove the comment, or write the Blueprint as YAML.');
    if (string !== undefined && !/^"(?:[^"\\]|\\.)*"$/.test(string)) {
      return wrong('The text is not closed: a `"` is missing.', 'Write `"` at its end.');
    }
    const closes = (sign === '}' && open.at(-1)?.bracket === '{') || (sign === ']' && open.at(-1)?.bracket === '[');
    switch (expect) {
      case 'end':
        return wrong('Nothing may follow the closing brace.', 'Remove it.');
      case 'first-key':
      case 'key':
        if (closes && expect === 'first-key') close();
        else if (closes) return wrong('There is a comma too many before this brace.', 'Remove the comma.');
        else if (string === undefined)
          return wrong('A key in double quotes is expected here.', 'Write `"key": value`.');
        else expect = 'colon';
        break;
      case 'colon':
        if (sign !== ':') return wrong('A colon is missing after the key.', 'Write `"key": value`.');
        expect = 'value';
        break;
      case 'comma':
        if (closes) close();
        else if (sign !== ',') return wrong('A comma is missing before this.', 'Separate entries with `,`.');
        else expect = open.at(-1)?.bracket === '{' ? 'key' : 'value';
        break;
      case 'first-value':
      case 'value':
        if (sign === '{' || sign === '[') {
          open.push({ bracket: sign, at: start });
          expect = sign === '{' ? 'first-key' : 'first-value';
        } else if (closes && expect === 'first-value') close();
        else if (sign !== undefined) return wrong('A value is missing here.', 'Write a value, or remove the comma.');
        else if (word !== undefined && !/^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$/.test(word)) {
          return wrong(`\`${word.slice(0, 40)}\` is not a JSON value.`, 'Put text in double quotes.');
        } else expect = open.length === 0 ? 'end' : 'comma';
    }
  }

  function close(): void {
    open.pop();
    expect = open.length === 0 ? 'end' : 'comma';
  }
}

function problem(message: string, hint: string, start: number, end: number): SyntaxProblem {
  return { code: 'syntax-error', severity: 'error', message, hint, range: { start, end } };
}
