import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { startLocalAws } from '../../scripts/local-aws.mjs';

/** An empty folder and an empty local AWS that takes no time, for one tool. */
export async function withLocalAws<T>(work: (place: { folder: string; endpoint: string }) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'backdrift-bench-'));
  const localAws = await startLocalAws({ scale: 0 });
  try {
    return await work({ folder, endpoint: localAws.endpoint });
  } finally {
    await localAws.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Time and requests of one step. */
export async function counted(
  endpoint: string,
  work: () => Promise<unknown>,
): Promise<{ milliseconds: number; calls: number }> {
  await fetch(`${endpoint}/_local/calls`, { method: 'DELETE' });
  const began = performance.now();
  await work();
  const milliseconds = performance.now() - began;
  const answer = await fetch(`${endpoint}/_local/calls`);
  const calls = z.record(z.string(), z.number()).parse(await answer.json());
  return { milliseconds, calls: Object.values(calls).reduce((sum, count) => sum + count, 0) };
}
