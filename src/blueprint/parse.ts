import type { Blueprint } from './blueprint.ts';
import type { Outline } from './outline.ts';
import type { BlueprintPath, Problem, TextRange } from './problem.ts';
import { createBlueprintReader } from './reader.ts';
import type { BlueprintDocument } from './schema.ts';

/** What reading a Blueprint's text gives. */
export interface ParsedBlueprint {
  /** The sound Blueprint; absent while the text has errors. */
  blueprint?: Blueprint;
  /** The document as written, with defaults; present as soon as its shape is right, also when names do not fit together. */
  document?: BlueprintDocument;
  /** The names that the text declares, also where it is broken: what completion offers. */
  outline: Outline;
  /** In the order of the text. */
  problems: Problem[];
  /**
   * Where a node stands: of its key with `part: 'key'`, of its value otherwise. The nearest parent when it is not in
   * the text. An item of a list may be named instead of counted: `['entities', 'task', 'fields', 'title']`.
   */
  rangeOf(path: BlueprintPath, part?: 'key' | 'value'): TextRange;
  /** What is written at a path, as plain JSON, sound or not; undefined when it is not in the text. */
  valueAt(path: BlueprintPath): unknown;
  /** The innermost node at an offset, as its path; of a key, the path of its value. */
  pathAt(offset: number): BlueprintPath;
}

/** Facts about the workspace that some checks need; pure checks run without it. */
export interface WorkspaceFacts {
  /** Where a path written in the Blueprint leads, with symbolic links followed. */
  locate(relativePath: string): 'file' | 'directory' | 'missing' | 'outside-workspace';
}

/**
 * Reads a Blueprint in YAML or JSON. Never throws: whatever the text is, the answer is problems with ranges. To read a
 * text that changes as it is typed, keep a `createBlueprintReader` instead.
 */
export function parseBlueprint(text: string, workspace?: WorkspaceFacts): ParsedBlueprint {
  return createBlueprintReader(workspace).read(text);
}
