import type { YAMLError } from 'yaml';
import type { SyntaxProblem } from './compose.ts';

/** The yaml package's errors in our words: what is wrong, and what to write instead. */
export function syntaxProblem(error: YAMLError, text: string): SyntaxProblem {
  const [start, end] = error.pos;
  const range = { start: Math.min(start, text.length), end: Math.min(Math.max(end, start), text.length) };
  if (error.code === 'TAB_AS_INDENT') {
    return {
      code: 'tab-indentation',
      severity: 'error',
      message: 'YAML is not indented with tabs.',
      hint: 'Use two spaces for each level.',
      range,
    };
  }
  return { code: 'syntax-error', severity: 'error', ...explain(error), range };
}

function explain({ code, message }: YAMLError): { message: string; hint: string } {
  const missing = /end with an? (.)$/.exec(message)?.[1];
  if (missing !== undefined) {
    return {
      message: `A bracket is not closed: \`${missing}\` is missing.`,
      hint: `Write \`${missing}\` where it ends.`,
    };
  }
  if (message.includes('followed by map values') || code === 'MULTILINE_IMPLICIT_KEY') {
    return { message: 'A key needs a colon and a value.', hint: 'Write `key: value`.' };
  }
  if (message.includes('at the same column') || message.includes('without - indicator') || code === 'BAD_INDENT') {
    return {
      message: 'This line is not indented like the lines it belongs to.',
      hint: 'Let keys of the same level, and the dashes of a list, start in the same column.',
    };
  }
  if (code === 'BLOCK_AS_IMPLICIT_KEY') {
    return {
      message: 'A value on the same line cannot hold `: `, and a line under a value cannot be indented further.',
      hint: 'Put the value in quotes, or move the key to its own column.',
    };
  }
  if (code === 'BLOCK_IN_FLOW' || /Missing , (or : )?between/.test(message)) {
    return { message: 'A comma or colon is missing between the items in brackets.', hint: 'Separate items with `,`.' };
  }
  if (/Unexpected (,|empty item)/.test(message)) {
    return { message: 'There is a comma too many in the brackets.', hint: 'Remove one comma.' };
  }
  if (code === 'BAD_SCALAR_START') {
    return { message: 'A value cannot start with this character unless it is in quotes.', hint: 'Put it in quotes.' };
  }
  if (code === 'BAD_DQ_ESCAPE') {
    return {
      message: 'This is not an escape that double quotes know.',
      hint: 'Write a backslash as `\\\\`, or use single quotes.',
    };
  }
  if (message.startsWith('Missing space after :')) {
    return { message: 'A colon needs a space after it.', hint: 'Write `key: value`.' };
  }
  if (message.startsWith('Comments must be separated')) {
    return { message: 'A comment needs a space before its `#`.', hint: 'Write a space, or put the value in quotes.' };
  }
  if (code === 'UNEXPECTED_TOKEN') {
    return {
      message: 'This does not belong here.',
      hint: 'Remove it, or check the brackets, quotes and indentation before it.',
    };
  }
  if (code === 'KEY_OVER_1024_CHARS')
    return { message: 'A key is longer than 1,024 characters.', hint: 'Write a shorter key.' };
  if (code === 'RESOURCE_EXHAUSTION') return { message: 'The text nests too deep to be read.', hint: 'Remove levels.' };
  if (code === 'BAD_DIRECTIVE' || message.includes('directives-end')) {
    return { message: 'A Blueprint has no directives (`%`) and no document marks (`---`).', hint: 'Remove the line.' };
  }
  return {
    message: `The text cannot be read here: ${message}.`,
    hint: 'Check the quotes, brackets and indentation of this line.',
  };
}
