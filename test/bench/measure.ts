import { spawn } from 'node:child_process';

/** The middle of some figures: one slow run does not move it. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [lower, upper] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  if (lower === undefined || upper === undefined) throw new Error('no figures');
  return (lower + upper) / 2;
}

/** Milliseconds that some work takes, once. */
export async function timed(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** The median of several runs, in milliseconds, after runs that do not count. */
export async function repeated(runs: number, work: () => unknown, warmUp = 0): Promise<number> {
  for (let run = 0; run < warmUp; run += 1) await work();
  const figures: number[] = [];
  for (let run = 0; run < runs; run += 1) figures.push(await timed(work));
  return median(figures);
}

/** Runs a program to its end. Rejects with what it said when it fails. */
export function execute(
  command: string,
  args: readonly string[],
  { cwd, env, allowed = [0] }: { cwd?: string; env?: NodeJS.ProcessEnv; allowed?: readonly number[] } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    const listen = (text: string): void => {
      said += text;
    };
    child.stdout.setEncoding('utf8').on('data', listen);
    child.stderr.setEncoding('utf8').on('data', listen);
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== null && allowed.includes(code)) resolve(said);
      else reject(new Error(`${command} ${args.slice(0, 4).join(' ')} ended with ${code}:\n${said.slice(-2000)}`));
    });
  });
}
