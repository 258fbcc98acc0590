import pLimit from 'p-limit';
import * as z from 'zod';
import { layers } from '../stacks/stack.ts';
import type { HistoryEntry } from './live.ts';
import { keys } from './names.ts';
import { type Clock, type Failure, isFailure, type ObjectStore } from './ports.ts';
import { withRetries } from './retry.ts';

const stackResult = z.enum(['pending', 'complete', 'unchanged', 'failed', 'blocked', 'cancelled']);
const stored = z.object({ key: z.string(), sha256: z.string() });
const reason = z.string().exactOptional();

/** An entry as it lies in the bucket. Unknown keys are kept out: a later version may have written them. */
const entrySchema: z.ZodType<HistoryEntry> = z.object({
  schema: z.literal(1),
  number: z.int().min(1),
  kind: z.enum(['deploy', 'continue', 'rollback', 'destroy']),
  project: z.string(),
  environment: z.string(),
  account: z.string(),
  region: z.string(),
  actor: z.object({ arn: z.string(), host: z.string() }),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().exactOptional(),
  status: z.enum(['running', 'succeeded', 'partial', 'failed', 'cancelled']),
  blueprint: stored,
  stacks: z.partialRecord(
    z.enum(layers),
    z.object({
      name: z.string(),
      template: stored,
      parameters: z.record(z.string(), z.string()),
      artifacts: z.array(z.string()),
      result: stackResult,
      reason,
    }),
  ),
  removed: z.partialRecord(z.enum(layers), z.object({ name: z.string(), result: stackResult, reason })).exactOptional(),
  frontend: stored
    .extend({
      jobId: z.string().exactOptional(),
      result: z.enum(['complete', 'unchanged', 'failed']),
      reason,
    })
    .exactOptional(),
});

/** An entry, or why what lies there is not one. */
export type ReadEntry =
  | { status: 'found'; entry: HistoryEntry; etag: string }
  | { status: 'absent' }
  | { status: 'unreadable'; number: number; message: string }
  | Failure;

export async function readEntry(
  store: ObjectStore,
  clock: Clock,
  project: string,
  environment: string,
  number: number,
): Promise<ReadEntry> {
  const read = await withRetries(clock, () => store.get(keys.deployment(project, environment, number)));
  if (read.status !== 'found') return read;
  try {
    const entry = entrySchema.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(read.body)));
    if (entry.success) return { status: 'found', entry: entry.data, etag: read.etag };
    return { status: 'unreadable', number, message: z.prettifyError(entry.error) };
  } catch (error) {
    return { status: 'unreadable', number, message: error instanceof Error ? error.message : String(error) };
  }
}

/** The numbers of all deployments, ascending. */
export async function listNumbers(
  store: ObjectStore,
  clock: Clock,
  project: string,
  environment: string,
): Promise<{ status: 'found'; numbers: number[] } | { status: 'no-bucket' } | Failure> {
  const prefix = keys.deployments(project, environment);
  const listed = await withRetries(clock, () => store.list(prefix));
  if (listed.status !== 'found') return listed;
  const numbers = listed.keys
    .map((key) => /^([0-9]{6,15})\.json$/.exec(key.slice(prefix.length))?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
  return { status: 'found', numbers };
}

export type HistoryOutcome =
  | { status: 'found'; entries: HistoryEntry[]; unreadable: { number: number; message: string }[] }
  | Failure;

/** The newest deployments, newest first. No bucket is an empty history. */
export async function listHistory(
  store: ObjectStore,
  clock: Clock,
  project: string,
  environment: string,
  newest = 20,
): Promise<HistoryOutcome> {
  const listed = await listNumbers(store, clock, project, environment);
  if (listed.status === 'no-bucket') return { status: 'found', entries: [], unreadable: [] };
  if (isFailure(listed)) return listed;
  const limit = pLimit(8);
  const numbers = listed.numbers.slice(-newest).reverse();
  const reads = await Promise.all(
    numbers.map((number) => limit(() => readEntry(store, clock, project, environment, number))),
  );
  const entries: HistoryEntry[] = [];
  const unreadable: { number: number; message: string }[] = [];
  for (const read of reads) {
    if (read.status === 'found') entries.push(read.entry);
    else if (read.status === 'unreadable') unreadable.push({ number: read.number, message: read.message });
    else if (read.status !== 'absent') return read;
  }
  return { status: 'found', entries, unreadable };
}

/** Numbers tried before giving up: as many people would have to deploy at the same moment. */
const tries = 50;

export type Recorded = { status: 'recorded'; entry: HistoryEntry; etag: string } | Failure;

/**
 * Writes a new entry under the first free number after `last`. Of two people at once one gets the number and the other
 * the next: nothing is overwritten.
 */
export async function recordEntry(
  store: ObjectStore,
  clock: Clock,
  draft: Omit<HistoryEntry, 'number'>,
  last: number,
): Promise<Recorded> {
  for (let number = last + 1; number <= last + tries; number += 1) {
    const entry: HistoryEntry = { ...draft, number };
    const key = keys.deployment(entry.project, entry.environment, number);
    const body = encode(entry);
    const written = await withRetries(clock, () => store.putIfAbsent(key, body, 'application/json'));
    if (isFailure(written)) return written;
    const etag = written.status === 'written' ? written.etag : await etagOfOurs(store, clock, key, body);
    if (etag !== undefined) return { status: 'recorded', entry, etag };
  }
  return {
    status: 'rejected',
    code: 'history-busy',
    message: `Numbers ${last + 1} to ${last + tries} were all taken.`,
  };
}

/** Writes the outcome into an entry of our own. */
export async function closeEntry(
  store: ObjectStore,
  clock: Clock,
  entry: HistoryEntry,
  etag: string,
): Promise<{ status: 'written'; etag: string } | { status: 'changed' } | Failure> {
  const key = keys.deployment(entry.project, entry.environment, entry.number);
  const body = encode(entry);
  const written = await withRetries(clock, () => store.putIfMatch(key, body, 'application/json', etag));
  if (written.status !== 'changed') return written;
  const ours = await etagOfOurs(store, clock, key, body);
  return ours === undefined ? written : { status: 'written', etag: ours };
}

/** A write whose answer got lost is sent again and then meets itself: the same bytes are our own. */
async function etagOfOurs(
  store: ObjectStore,
  clock: Clock,
  key: string,
  body: Uint8Array,
): Promise<string | undefined> {
  const read = await withRetries(clock, () => store.get(key));
  return read.status === 'found' && Buffer.compare(read.body, body) === 0 ? read.etag : undefined;
}

function encode(entry: HistoryEntry): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(entry, null, 2)}\n`);
}
