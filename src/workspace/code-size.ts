import type { DeploymentProblem } from '../deployment/problem.ts';

/**
 * Lambda takes 250 MB of unpacked code, and a zip of 50 MB where it is not in a bucket; a single module of 50 MB of
 * text is far beyond what starts in the ten seconds that a function has for it.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const largestCode = 50 * 1024 * 1024;

/** From here on, loading the module is most of a cold start. Bytes. */
export const largeCode = 5 * 1024 * 1024;

/** Whether a function's code can be deployed, and whether somebody should look at its size. */
export type Size = { kind: 'fits'; warning?: DeploymentProblem } | { kind: 'refused'; problem: DeploymentProblem };

/** @param parts the largest parts of the code, as words */
export function sizeOf(text: string, name: string, handler: string, parts: readonly string[] = []): Size {
  const bytes = Buffer.byteLength(text);
  if (bytes <= largeCode) return { kind: 'fits' };
  const largest = parts.length === 0 ? '' : ` Most of it: ${parts.join(', ')}.`;
  const what = `The code of ${handler} (function ${name}) has ${megabytes(bytes)}.${largest}`;
  if (bytes > largestCode) {
    const hint = 'Deploy at most 50 MB: import less, or keep data in storage.';
    return { kind: 'refused', problem: { code: 'code-too-large', message: what, hint } };
  }
  const hint = 'It starts slowly. Import less, or only the parts of a package that are used.';
  return { kind: 'fits', warning: { code: 'large-code', message: what, hint } };
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
