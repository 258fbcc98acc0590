import type { Finding } from '../finding.ts';
import type { BlueprintPath } from '../problem.ts';
import type { Check, CheckContext } from './check.ts';

const scripts = /\.(ts|mts|cts|js|mjs|cjs)$/;

/** Files that a Blueprint names are inside the workspace, and there. */
export const checkFiles: Check = (context) => {
  const findings: Finding[] = [];
  for (const { path, value } of [...context.draft.functions, ...context.draft.workflows]) {
    findings.push(...handlerFindings(value.handler, [...path, 'handler'], context));
  }
  const directory = context.draft.frontend?.directory;
  if (directory !== undefined) findings.push(...directoryFindings(directory, ['frontend', 'directory'], context));
  return findings;
};

function handlerFindings(handler: string, path: BlueprintPath, { workspace }: CheckContext): Finding[] {
  if (leavesWorkspace(handler)) return [outside(handler, path)];
  if (!scripts.test(handler)) {
    return [
      {
        code: 'not-a-script',
        message: `\`${handler}\` is not a script that Backdrift can bundle.`,
        hint: 'Name the source file, ending in .ts, .mts, .js, .mjs or .cjs.',
        path,
      },
    ];
  }
  switch (workspace?.locate(handler)) {
    case 'missing':
    case 'directory':
      return [
        {
          code: 'missing-file',
          message: `There is no file \`${handler}\`.`,
          hint: 'Create it with an exported `handler`, or correct the path; it counts from the Blueprint.',
          path,
        },
      ];
    case 'outside-workspace':
      return [outside(handler, path)];
    default:
      return [];
  }
}

function directoryFindings(directory: string, path: BlueprintPath, { workspace }: CheckContext): Finding[] {
  if (leavesWorkspace(directory)) return [outside(directory, path)];
  switch (workspace?.locate(directory)) {
    case 'missing':
      return [
        {
          code: 'missing-directory',
          severity: 'warning',
          message: `There is no folder \`${directory}\` yet.`,
          hint: 'Build the frontend before you deploy, or correct the path; it counts from the Blueprint.',
          path,
        },
      ];
    case 'file':
      return [
        {
          code: 'not-a-directory',
          message: `\`${directory}\` is a file.`,
          hint: 'Name the folder that holds index.html.',
          path,
        },
      ];
    case 'outside-workspace':
      return [outside(directory, path)];
    default:
      return [];
  }
}

/** Seen from the text alone; symbolic links are followed by the workspace. */
function leavesWorkspace(path: string): boolean {
  if (/^([/\\~]|[A-Za-z]:|[a-z]+:\/\/)/.test(path) || path.includes('\0')) return true;
  let depth = 0;
  for (const part of path.split(/[/\\]/)) {
    if (part === '..') depth--;
    else if (part !== '' && part !== '.') depth++;
    if (depth < 0) return true;
  }
  return false;
}

function outside(written: string, path: BlueprintPath): Finding {
  return {
    code: 'outside-workspace',
    message: `\`${written.replaceAll('\0', '\\0')}\` leads out of the folder of the Blueprint.`,
    hint: 'Write a path that counts from the Blueprint and stays beside or below it, without symbolic links to elsewhere.',
    path,
  };
}
