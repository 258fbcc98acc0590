/** A place in the Blueprint's text: UTF-16 offsets, end exclusive. Always inside the text. */
export interface TextRange {
  start: number;
  end: number;
}

/** A step from the root of the Blueprint to a node: a key or a position in a list. */
export type BlueprintPath = readonly (string | number)[];

/** Something wrong with a Blueprint: what, where, and what to write instead. */
export interface Problem {
  /** Stable id, kebab-case: `unknown-key`, `unknown-entity`, `duplicate-name`. Documented in docs/problems.md. */
  code: string;
  severity: 'error' | 'warning' | 'information';
  /** What is wrong, as a sentence. */
  message: string;
  /** What to write instead, as a sentence. */
  hint?: string;
  range: TextRange;
  path: BlueprintPath;
  /** An edit of the text that cures it. */
  replacement?: { range: TextRange; text: string };
}
