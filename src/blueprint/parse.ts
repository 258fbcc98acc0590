import type { Blueprint } from './blueprint.ts';
import type { BlueprintPath, Problem, TextRange } from './problem.ts';

/** What reading a Blueprint's text gives. */
export interface ParsedBlueprint {
  /** The sound Blueprint; absent while the text has errors. */
  blueprint?: Blueprint;
  problems: Problem[];
  /** Where a node stands: of its key with `part: 'key'`, of its value otherwise. The nearest parent when it is not in the text. */
  rangeOf(path: BlueprintPath, part?: 'key' | 'value'): TextRange;
}

/** Facts about the workspace that some checks need; pure checks run without it. */
export interface WorkspaceFacts {
  /** Where a path written in the Blueprint leads, with symbolic links followed. */
  locate(relativePath: string): 'file' | 'directory' | 'missing' | 'outside-workspace';
}

/**
 * Reads a Blueprint in YAML or JSON. Never throws: whatever the text is, the answer is problems with ranges.
 * (Placeholder until the parser lands.)
 */
export function parseBlueprint(_text: string, _workspace?: WorkspaceFacts): ParsedBlueprint {
  throw new Error('not there yet');
}
