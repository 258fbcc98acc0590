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
/** How many anchors, aliases and tags a text may have: the yaml package takes quadratic time for rows of them. */
const mostProperties = 10_000;

export interface Composed {
  document?: Document.Parsed;
  /** Why and where the text was not read further; there is no document then. */
  refused?: { code: 'too-deep' | 'too-many-aliases'; at: number };
  /** Where a second YAML document begins. */
  secondDocument?: TextRange;
}

/**
 * Reads YAML, or JSON, into the yaml package's document. The composer recurses and trusts its input, so a text that
 * would keep it busy is stopped at the lexer, where nothing recurses yet.
 */
export function compose(text: string): Composed {
  const watch = new Watch();
  let refused: Composed['refused'];
  function* tokens() {
    const parser = new Parser();
    let offset = 0;
    for (const lexeme of new Lexer().lex(text)) {
      const code = watch.see(lexeme);
      if (code !== undefined) {
        refused = { code, at: offset };
        return;
      }
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
  return refused === undefined ? composed : { refused };
}

/** What the lexer puts before the text of a scalar. */
const scalarMark = '\x1f';

/** A sign of the lexer's own, not text: start of a document, end of a bracket, scalar. */
function isMark(lexeme: string): boolean {
  return lexeme === '\x02' || lexeme === '\x18' || lexeme === scalarMark;
}

/** Looks at every lexeme, and says when the text is too much: by brackets, indentation, `- - -`, or `&a &a &a`. */
class Watch {
  #brackets = 0;
  /** `-`, `?` and `:` on this line, or in brackets since the last scalar or comma. */
  #indicators = 0;
  readonly #indents: number[] = [];
  #indent = 0;
  #lineStart = true;
  #afterMark = false;
  #properties = 0;

  see(lexeme: string): 'too-deep' | 'too-many-aliases' | undefined {
    const content = this.#afterMark;
    this.#afterMark = lexeme === scalarMark;
    if (content || this.#afterMark) this.#openLine(true);
    else this.#sign(lexeme);
    if (this.#properties > mostProperties) return 'too-many-aliases';
    const deep = this.#brackets > deepest || this.#indicators > deepest || this.#indents.length > deepest;
    return deep ? 'too-deep' : undefined;
  }

  #sign(lexeme: string): void {
    if (lexeme === '\n' || lexeme === '\r\n') {
      this.#lineStart = true;
      this.#indent = 0;
      if (this.#brackets === 0) this.#indicators = 0;
      return;
    }
    if (this.#lineStart && /^ +$/.test(lexeme)) {
      this.#indent = lexeme.length;
      return;
    }
    const quoted = lexeme.startsWith('"') || lexeme.startsWith("'");
    this.#openLine(quoted || lexeme === ',');
    if (lexeme === '[' || lexeme === '{') this.#brackets++;
    else if (lexeme === ']' || lexeme === '}') this.#brackets = Math.max(0, this.#brackets - 1);
    else if (lexeme === '-' || lexeme === '?' || lexeme === ':') this.#indicators++;
    else if (/^[&*!]/.test(lexeme)) this.#properties++;
  }

  /** A line that begins here is inside every earlier line that is indented less. */
  #openLine(content: boolean): void {
    if (content && this.#brackets > 0) this.#indicators = 0;
    if (!this.#lineStart) return;
    this.#lineStart = false;
    if (this.#brackets > 0) return;
    while (this.#indents.length > 0 && (this.#indents.at(-1) ?? 0) >= this.#indent) this.#indents.pop();
    this.#indents.push(this.#indent);
  }
}
