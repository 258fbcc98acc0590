import { Composer, type Document, Lexer, Parser } from 'yaml';
import type { ProblemCode } from './codes.ts';
import type { TextRange } from './problem.ts';

/** A problem of the text itself, before it is a tree. Positions count from the start of the text it was read from. */
export interface SyntaxProblem {
  code: ProblemCode;
  severity: 'error' | 'warning';
  message: string;
  hint?: string;
  range: TextRange;
  /** What to write in the place of `range`. */
  replacement?: string;
}

/** How deep brackets, lists and keys may stand inside each other. No Blueprint comes near it. */
export const deepest = 64;

export interface Composed {
  document?: Document.Parsed;
  /** Where the text nests deeper than `deepest`; it was not read further. */
  tooDeepAt?: number;
  /** Where a second YAML document begins. */
  secondDocument?: TextRange;
}

/**
 * Reads YAML, or JSON, into the yaml package's document. The composer recurses, so a text that nests too deep is
 * stopped at the lexer, where nothing recurses yet.
 */
export function compose(text: string): Composed {
  const depth = depthWatch();
  let tooDeepAt: number | undefined;
  function* tokens() {
    const parser = new Parser();
    let offset = 0;
    for (const lexeme of new Lexer().lex(text)) {
      if (depth(lexeme)) {
        tooDeepAt = offset;
        return;
      }
      // Lexemes of one character below space are marks of the lexer's own, not text.
      if (!isMark(lexeme)) offset += lexeme.length;
      yield* parser.next(lexeme);
    }
    yield* parser.end();
  }
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false, merge: false, logLevel: 'silent' });
  const composed: Composed = {};
  for (const document of composer.compose(tokens(), true, text.length)) {
    if (composed.document === undefined) composed.document = document;
    else {
      composed.secondDocument = { start: document.range[0], end: document.range[1] };
      break;
    }
  }
  return tooDeepAt === undefined ? composed : { tooDeepAt };
}

const scalarMark = '\x1f';

function isMark(lexeme: string): boolean {
  return lexeme === '\x02' || lexeme === '\x18' || lexeme === scalarMark;
}

/** Says of each lexeme whether the text is now too deep: by brackets, by indentation, or by `- - -` on one line. */
function depthWatch(): (lexeme: string) => boolean {
  let brackets = 0;
  let indicators = 0;
  let indents: number[] = [];
  let indent = 0;
  let lineStart = true;
  let afterMark = false;
  return (lexeme) => {
    const content = afterMark;
    afterMark = lexeme === scalarMark;
    if (content || afterMark) {
      if (afterMark && lineStart) openLine();
      return tooDeep();
    }
    if (lexeme === '\n' || lexeme === '\r\n') {
      lineStart = true;
      indent = 0;
      indicators = 0;
    } else if (lineStart && /^ +$/.test(lexeme)) indent = lexeme.length;
    else {
      if (lineStart) openLine();
      if (lexeme === '[' || lexeme === '{') brackets++;
      else if (lexeme === ']' || lexeme === '}') brackets = Math.max(0, brackets - 1);
      else if (lexeme === '-' || lexeme === '?' || lexeme === ':') indicators++;
    }
    return tooDeep();
  };

  function openLine(): void {
    lineStart = false;
    if (brackets > 0) return;
    while (indents.length > 0 && (indents.at(-1) ?? 0) >= indent) indents = indents.slice(0, -1);
    indents.push(indent);
  }
  function tooDeep(): boolean {
    return brackets > deepest || indicators > deepest || indents.length > deepest;
  }
}
