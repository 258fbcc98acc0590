import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import type { WorkspaceFacts } from '../blueprint/parse.ts';

/**
 * Looks at files for the checks of a Blueprint. Nothing outside `root` is looked at more closely than to see that it
 * is outside, whichever way a path gets there: `..`, an absolute path, a symbolic link.
 * @param directory where the Blueprint lies; paths in it are relative to this
 * @param root the outermost folder that counts as the workspace; the Blueprint's own unless told otherwise
 */
export function workspaceFacts(directory: string, root: string = directory): WorkspaceFacts {
  return { locate: (relativePath) => locate(directory, root, relativePath).kind };
}

export type Located =
  /** With symbolic links followed. */
  { kind: 'file' | 'directory'; path: string } | { kind: 'missing' | 'outside-workspace' };

/** Where a path written in a Blueprint leads. */
export function locate(directory: string, root: string, relativePath: string): Located {
  if (relativePath === '' || relativePath.includes('\0')) return { kind: 'missing' };
  // On Windows a drive letter makes a path absolute; nobody means one by it in a Blueprint, on any system.
  if (path.isAbsolute(relativePath) || path.win32.isAbsolute(relativePath) || /^[A-Za-z]:/.test(relativePath))
    return { kind: 'outside-workspace' };
  const realRoot = realPath(root);
  if (realRoot === undefined) return { kind: 'missing' };
  const target = path.resolve(realPath(directory) ?? directory, relativePath);
  const existing = nearestExisting(target);
  if (existing === undefined || !isInside(realRoot, target) || !isInside(realRoot, existing.real))
    return { kind: 'outside-workspace' };
  if (existing.path !== target) return { kind: 'missing' };
  const stats = statSync(existing.real, { throwIfNoEntry: false });
  if (stats?.isFile()) return { kind: 'file', path: existing.real };
  if (stats?.isDirectory()) return { kind: 'directory', path: existing.real };
  return { kind: 'missing' };
}

export function isInside(root: string, target: string): boolean {
  const way = path.relative(root, target);
  return way === '' || !(way === '..' || way.startsWith(`..${path.sep}`) || path.isAbsolute(way));
}

/** A file that does not exist yet is inside only if the folder that would hold it is, links followed. */
function nearestExisting(target: string): { path: string; real: string } | undefined {
  for (let at = target; ; at = path.dirname(at)) {
    const real = realPath(at);
    if (real !== undefined) return { path: at, real };
    if (path.dirname(at) === at) return undefined;
  }
}

function realPath(target: string): string | undefined {
  try {
    return realpathSync(target);
  } catch {
    // Missing, forbidden, or a link that leads in a circle: nothing that can be used.
    return undefined;
  }
}
