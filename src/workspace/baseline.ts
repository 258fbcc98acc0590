import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { Baseline } from '../changes/baseline.ts';
import { parseTemplate } from '../changes/parse-template.ts';
import { layers } from '../stacks/stack.ts';
import { cacheDirectory } from './cache-directory.ts';

/** Which baseline is meant. */
export interface BaselineKey {
  /** The folder of the Blueprint. */
  directory: string;
  environment: string;
  region: string;
  /** Unknown without credentials: the account deployed to last is meant then. */
  account?: string;
}

export type ReadBaseline =
  | { kind: 'found'; baseline: Baseline }
  /** Nothing was deployed from this machine. */
  | { kind: 'none' }
  /** Something is there that this version cannot use; it counts as none, and the reason belongs into the log. */
  | { kind: 'unusable'; file: string; reason: string };

const stored = z.object({
  schema: z.literal(1),
  savedAt: z.iso.datetime(),
  deployment: z.int().min(1),
  environment: z.string().min(1),
  account: z.string().regex(/^[0-9]{12}$/),
  region: z.string().min(1),
  blueprint: z.string(),
  stacks: z.array(
    z.object({
      layer: z.enum(layers),
      name: z.string().min(1),
      body: z.string(),
      parameters: z.record(z.string(), z.string()),
    }),
  ),
});
type Stored = z.infer<typeof stored>;

/** Reads what was deployed last. No credentials and no network are needed. */
export async function readBaseline(key: BaselineKey, cache: string = cacheDirectory()): Promise<ReadBaseline> {
  const folder = await folderOf(key, cache);
  const accounts = key.account === undefined ? await accountsIn(folder) : [key.account];
  const found = await Promise.all(accounts.map((account) => readStored(path.join(folder, `${account}.json`))));
  const usable = found.flatMap((one) => (one.kind === 'stored' && isOf(one.value, key) ? [one.value] : []));
  const [latest] = usable.sort((one, other) => (one.savedAt < other.savedAt ? 1 : -1));
  if (latest) return withTemplates(latest, path.join(folder, `${latest.account}.json`));
  return found.find((one) => one.kind === 'unusable') ?? { kind: 'none' };
}

/** Keeps what was deployed, in place of what was kept for the same account before. Readers see the old one or the new one. */
export async function writeBaseline(
  directory: string,
  baseline: Baseline,
  savedAt: Date,
  cache: string = cacheDirectory(),
): Promise<void> {
  const folder = await folderOf({ directory, ...baseline }, cache);
  const { deployment, environment, account, region, blueprint, stacks } = baseline;
  const value: Stored = stored.parse({
    schema: 1,
    savedAt: savedAt.toISOString(),
    deployment,
    environment,
    account,
    region,
    blueprint,
    stacks: stacks.map(({ layer, name, body, parameters }) => ({ layer, name, body, parameters })),
  });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unfinished = path.join(folder, `.${randomUUID()}.tmp`);
  try {
    await writeFile(unfinished, JSON.stringify(value), { mode: 0o600 });
    await rename(unfinished, path.join(folder, `${account}.json`));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** Forgets what was deployed to an account: everything was destroyed there. */
export async function removeBaseline(
  key: BaselineKey & { account: string },
  cache: string = cacheDirectory(),
): Promise<void> {
  await rm(path.join(await folderOf(key, cache), `${accountName(key.account)}.json`), { force: true });
}

type ReadStored =
  | { kind: 'stored'; value: Stored }
  | { kind: 'none' }
  | { kind: 'unusable'; file: string; reason: string };

async function readStored(file: string): Promise<ReadStored> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { kind: 'none' };
    return { kind: 'unusable', file, reason: error instanceof Error ? error.message : String(error) };
  }
  try {
    const parsed = stored.safeParse(JSON.parse(text));
    if (parsed.success) return { kind: 'stored', value: parsed.data };
    return { kind: 'unusable', file, reason: z.prettifyError(parsed.error) };
  } catch {
    return { kind: 'unusable', file, reason: 'it is not JSON' };
  }
}

function withTemplates(value: Stored, file: string): ReadBaseline {
  const { schema: _schema, savedAt: _savedAt, stacks, ...rest } = value;
  const read: Baseline['stacks'] = [];
  for (const stack of stacks) {
    const template = parseTemplate(stack.body);
    if (template === undefined) return { kind: 'unusable', file, reason: `the template of ${stack.name} is none` };
    read.push({ ...stack, template });
  }
  return { kind: 'found', baseline: { ...rest, stacks: read } };
}

function isOf(value: Stored, { environment, region, account }: BaselineKey): boolean {
  return value.environment === environment && value.region === region && (account ?? value.account) === value.account;
}

async function accountsIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).flatMap((name) => /^([0-9]{12})\.json$/.exec(name)?.[1] ?? []);
  } catch {
    // No folder: nothing was deployed.
    return [];
  }
}

/** One folder for each project, environment and region; the names in it are hashed, so they hold no path and no name. */
async function folderOf({ directory, environment, region, account }: BaselineKey, cache: string): Promise<string> {
  if (account !== undefined) accountName(account);
  const absolute = path.resolve(directory);
  const real = await realpath(absolute).catch(() => absolute);
  const name = createHash('sha256')
    .update(JSON.stringify([real, environment, region]))
    .digest('hex')
    .slice(0, 32);
  return path.join(cache, 'baselines', name);
}

/** An account id becomes a file name, so nothing else may pass for one. */
function accountName(account: string): string {
  if (!/^[0-9]{12}$/.test(account)) throw new RangeError('an AWS account id has twelve digits');
  return account;
}
