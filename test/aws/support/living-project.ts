import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { root, runtimeOptions } from '../../../scripts/build-options.mjs';
import { systemClock } from '../../../src/aws/clock.ts';
import { connect } from '../../../src/aws/connect.ts';
import type { Blueprint } from '../../../src/blueprint/blueprint.ts';
import { parseBlueprint } from '../../../src/blueprint/parse.ts';
import type { Baseline } from '../../../src/changes/baseline.ts';
import { baselineInAccount } from '../../../src/deployment/baseline.ts';
import { type DeployOutcome, deploy } from '../../../src/deployment/engine.ts';
import { lookAround, type Surroundings } from '../../../src/deployment/look.ts';
import { artifactBucket } from '../../../src/deployment/names.ts';
import type { Connection } from '../../../src/deployment/ports.ts';
import {
  type DeploymentEvent,
  type DeploymentProgress,
  noProgress,
  reduceProgress,
} from '../../../src/deployment/progress.ts';
import { buildPreview } from '../../../src/preview/build-preview.ts';
import type { Preview } from '../../../src/preview/preview.ts';
import { compile } from '../../../src/stacks/compile.ts';
import type { Compilation } from '../../../src/stacks/stack.ts';
import { artifactSource, codeVersions } from '../../../src/workspace/code.ts';
import { workspaceFacts } from '../../../src/workspace/facts.ts';
import { frontendSource } from '../../../src/workspace/frontend.ts';
import { createFunctionReader } from '../../../src/workspace/function-code.ts';
import { temporaryFolder } from '../../builders/temporary-folder.ts';
import { type EventsOfDeployments, eventsOfDeployments } from './events-of-deployment.ts';

const region = 'us-east-2';
const runtimeDirectory = path.join(root, 'dist/runtime');

/** One edit, deployed: what was shown before, what the engine told meanwhile, and what CloudFormation did. */
export interface Deployed {
  preview: Preview;
  started: Extract<DeploymentEvent, { type: 'started' }>;
  progress: DeploymentProgress;
  outcome: Extract<DeployOutcome, { status: 'finished' }>;
  /** As `dynamodb create NotesTable`. */
  happened: string[];
  /** The same Blueprint once more, afterwards. */
  next: Preview;
}

/** A project folder that lives through many edits on one local AWS, on the path that editor and command line take. */
export interface LivingProject {
  directory: string;
  write(file: string, text: string): Promise<void>;
  /** What a deploy of a Blueprint would do now. */
  preview(document: object): Promise<Preview>;
  /** Previews, deploys, and previews again; every promise that holds for any deployment is asserted on the way. */
  deploy(document: object): Promise<Deployed>;
  stop(): Promise<void>;
}

export async function livingProject(
  endpoint: string,
  slug: string,
  files: Record<string, string>,
): Promise<LivingProject> {
  const bundles = ['index.mjs', 'files.mjs', 'door.mjs'].map((name) => path.join(runtimeDirectory, name));
  if (!bundles.every((file) => existsSync(file))) await esbuild.build(runtimeOptions());
  const opened = await connect({ kind: 'local', environment: 'local', region, endpoint });
  assert.equal(opened.status, 'connected', JSON.stringify(opened));
  if (opened.status !== 'connected') throw new Error('unreachable');
  const { connection } = opened;
  const folder = temporaryFolder(files);
  const events = eventsOfDeployments(endpoint, region, `backdrift-${slug}-local`);
  const project = new Project(connection, folder.path, slug, events);
  return {
    directory: folder.path,
    write: (file, text) => writeFile(path.join(folder.path, file), text),
    preview: async (document) => (await project.look(document)).preview,
    deploy: (document) => project.deploy(document),
    async stop() {
      events.close();
      connection.close();
      folder.remove();
    },
  };
}

interface Looked {
  text: string;
  blueprint: Blueprint;
  compilation: Compilation;
  seen: Surroundings;
  baseline: Baseline | undefined;
  preview: Preview;
}

class Project {
  readonly #connection: Connection;
  readonly #directory: string;
  readonly #slug: string;
  readonly #events: EventsOfDeployments;
  /** What this machine would have kept. */
  #kept: Baseline | undefined;
  #number = 0;

  constructor(connection: Connection, directory: string, slug: string, events: EventsOfDeployments) {
    this.#connection = connection;
    this.#directory = directory;
    this.#slug = slug;
    this.#events = events;
  }

  async look(document: object): Promise<Looked> {
    const text = JSON.stringify(document, null, 2);
    const { blueprint, problems } = parseBlueprint(text, workspaceFacts(this.#directory));
    assert.ok(blueprint, JSON.stringify(problems));
    assert.equal(blueprint.project.slug, this.#slug);
    const code = await codeVersions(this.#code(blueprint));
    assert.deepEqual(code.problems, []);
    const compilation = compile(blueprint, { environment: 'local', code: code.versions });
    const seen = await lookAround(this.#connection, this.#store(), systemClock, this.#slug, 'local');
    assert.equal(seen.status, 'seen', JSON.stringify(seen));
    if (seen.status !== 'seen') throw new Error('unreachable');
    const baseline = await baselineInAccount(this.#connection, this.#store(), systemClock, seen);
    const { settings } = seen;
    const parts = { blueprint, environment: 'local', region, compilation, problems, settings } as const;
    const preview = buildPreview({ ...parts, ...(baseline ? { baseline } : {}) });
    const kept = buildPreview({ ...parts, ...(this.#kept ? { baseline: this.#kept } : {}) });
    // The editor and an offline preview start from what was kept, a deploy from what is in the account.
    assert.deepEqual(linesOf(kept), linesOf(preview), 'kept and live baselines give two previews');
    return { text, blueprint, compilation, seen, baseline, preview };
  }

  async deploy(document: object): Promise<Deployed> {
    const { text, blueprint, compilation, seen, preview } = await this.look(document);
    let progress = noProgress;
    let started: Deployed['started'] | undefined;
    const outcome = await deploy(
      { project: this.#slug, blueprint: text, stacks: compilation.stacks, host: 'test', seen },
      {
        connection: this.#connection,
        clock: systemClock,
        artifacts: artifactSource(this.#code(blueprint)),
        ...(blueprint.frontend ? { frontend: frontendSource(this.#directory, blueprint.frontend.directory) } : {}),
      },
      (event) => {
        const before = progress;
        progress = reduceProgress(progress, event);
        if (event.type === 'started') started = event;
        else assertForward(before, progress);
      },
      new AbortController().signal,
    );
    const happened = await this.#events.take();
    assert.equal(outcome.status, 'finished', JSON.stringify(outcome));
    if (outcome.status !== 'finished' || started === undefined) throw new Error('unreachable');
    this.#kept = outcome.baseline.stacks.length === 0 ? undefined : outcome.baseline;
    this.#number += 1;
    assert.equal(outcome.entry.number, this.#number, 'numbers of the history are consecutive');
    const again = await this.look(document);
    if (outcome.result === 'succeeded' && again.baseline !== undefined)
      assert.deepEqual(outcome.baseline, again.baseline, 'kept and live baselines differ');
    return { preview, started, progress, outcome, happened, next: again.preview };
  }

  #code(blueprint: Blueprint) {
    const functions = createFunctionReader(this.#directory, { trusted: true });
    return { directory: this.#directory, blueprint, runtimeDirectory, functions };
  }

  #store() {
    return this.#connection.bucket(artifactBucket(this.#connection.identity.account, region));
  }
}

function assertForward(before: DeploymentProgress, after: DeploymentProgress): void {
  for (const [index, stack] of after.stacks.entries()) {
    assert.ok(stack.done >= (before.stacks[index]?.done ?? 0), `${stack.layer} runs backwards`);
    assert.ok(stack.done <= stack.planned, `${stack.layer} has done more than was planned`);
  }
}

/** What a preview promises, in the words of `happened`. The two sides of an API's Deployment are one line there. */
export function linesOf(preview: Preview): string[] {
  return preview.stacks
    .flatMap(({ layer, resources }) =>
      resources.flatMap(({ action, logicalId, previousLogicalId }) =>
        previousLogicalId === undefined
          ? [`${layer} ${action} ${logicalId}`]
          : [`${layer} create ${logicalId}`, `${layer} delete ${previousLogicalId}`],
      ),
    )
    .sort();
}

/**
 * The central promise: what was shown happened, nothing else did, and everybody counted the same. Where outputs move,
 * the engine learns only on the way how many resources they reach.
 */
export function assertAsPreviewed(
  { preview, started, progress, outcome, happened, next }: Deployed,
  { outputsMove = false } = {},
): void {
  const reasons = progress.stacks.map(({ layer, reason, status }) => `${layer} ${reason ?? status}`);
  assert.equal(outcome.result, 'succeeded', reasons.join('\n'));
  assert.deepEqual(happened, linesOf(preview));
  for (const stack of progress.stacks) {
    const own = happened.filter((line) => line.startsWith(`${stack.layer} `));
    const counted = started.stacks.find(({ layer }) => layer === stack.layer)?.planned ?? 0;
    const planned = outputsMove ? Math.max(counted, stack.planned) : counted;
    assert.deepEqual(
      { planned, done: stack.done, end: stack.planned },
      { planned: own.length, done: own.length, end: own.length },
      `${stack.layer} is counted otherwise than it happened: ${own.filter((line) => !stack.resources[line.split(' ')[2] ?? '']?.done)}`,
    );
    const shown = preview.stacks.find(({ layer }) => layer === stack.layer)?.action;
    const published = stack.layer === 'amplify' && outcome.entry.frontend?.result === 'complete';
    assert.equal(stack.status === 'unchanged', shown === 'none' && !published, `${stack.layer}: ${shown}`);
  }
  assert.deepEqual(linesOf(next), [], 'a preview right after the deployment shows changes');
  assert.deepEqual(
    next.stacks.filter(({ action }) => action !== 'none').map(({ layer }) => layer),
    [],
  );
}
