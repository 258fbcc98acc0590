import { homedir, platform } from 'node:os';
import path from 'node:path';

/**
 * Where Backdrift keeps what it can make again: `BACKDRIFT_CACHE`, else the platform's place for it:
 * `$XDG_CACHE_HOME/backdrift` or `~/.cache/backdrift`, `~/Library/Caches/backdrift`, `%LOCALAPPDATA%\backdrift`.
 */
export function cacheDirectory(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const { BACKDRIFT_CACHE: own, XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = environment;
  if (own) return path.resolve(own);
  if (platform() === 'darwin') return path.join(homedir(), 'Library', 'Caches', 'backdrift');
  if (platform() === 'win32') return path.join(local || path.join(homedir(), 'AppData', 'Local'), 'backdrift');
  // Relative ones are to be ignored. https://specifications.freedesktop.org/basedir-spec/latest/
  return path.join(xdg && path.isAbsolute(xdg) ? xdg : path.join(homedir(), '.cache'), 'backdrift');
}
