import { createHash, randomBytes } from 'node:crypto';
import { ZipRefused, zipEntries } from '../data-plane/zip-entries.ts';
import { localAccount } from '../providers/aws.ts';
import { type CustomRule, contentType, type Site } from './site.ts';

/** A refusal by the Amplify API: the exception's name, what it says, and the HTTP status. */
export class AmplifyRefusal extends Error {
  readonly status: number;
  /** As on the exceptions of the SDK, so that a provider tells this refusal like any other service's. */
  readonly $metadata: { httpStatusCode: number };
  constructor(name: 'BadRequestException' | 'NotFoundException', message: string) {
    super(message);
    this.name = name;
    this.status = name === 'NotFoundException' ? 404 : 400;
    this.$metadata = { httpStatusCode: this.status };
  }
}

export type JobStatus = 'PENDING' | 'RUNNING' | 'SUCCEED' | 'FAILED' | 'CANCELLED';

export interface Job {
  id: string;
  status: JobStatus;
  started: Date;
  ended?: Date;
  reason?: string;
  sourceUrl?: string;
}

/** Settings that are kept and given back as they came, besides those that mean something here. */
export type Settings = Record<string, unknown>;

export interface App {
  id: string;
  arn: string;
  region: string;
  name: string;
  customRules: CustomRule[];
  settings: Settings;
  created: Date;
  updated: Date;
  branches: Map<string, Branch>;
}

export interface Branch {
  name: string;
  arn: string;
  settings: Settings;
  created: Date;
  updated: Date;
  jobs: Job[];
  /** The files of the last successful deployment. */
  site?: Site;
}

/** What a pending job waits for: a zip, or single files. */
interface Upload {
  branch: Branch;
  job: Job;
  /** Undefined for the zip as a whole. */
  file?: string;
  content?: Uint8Array;
}

/** Amplify's limit for a manually deployed zip is 5 GB; nothing that size belongs in this process's memory. */
const siteLimit = 512 * 1024 * 1024;

/**
 * Amplify Hosting for applications that are deployed by hand: apps, branches, and jobs that put a zip on a branch.
 * https://docs.aws.amazon.com/amplify/latest/userguide/manual-deploys.html
 * Everything is in memory. An app's id is unique over all regions, as the address it is served at has no region.
 */
export class Hosting {
  readonly #apps = new Map<string, App>();
  readonly #uploads = new Map<string, Upload>();
  readonly #running = new Map<string, AbortController>();

  createApp(region: string, name: string, customRules: CustomRule[], settings: Settings): App {
    const id = `d${randomBytes(7).toString('hex').slice(0, 13)}`;
    const now = new Date();
    const app: App = {
      id,
      arn: `arn:aws:amplify:${region}:${localAccount}:apps/${id}`,
      region,
      name,
      customRules,
      settings,
      created: now,
      updated: now,
      branches: new Map(),
    };
    this.#apps.set(id, app);
    return app;
  }

  app(id: string, region?: string): App {
    const app = this.#apps.get(id);
    if (!app || (region && app.region !== region)) throw new AmplifyRefusal('NotFoundException', `App ${id} not found`);
    return app;
  }

  apps(region: string): App[] {
    return [...this.#apps.values()].filter((app) => app.region === region);
  }

  updateApp(app: App, change: { name?: string; customRules?: CustomRule[]; settings: Settings }): App {
    if (change.name !== undefined) app.name = change.name;
    if (change.customRules) app.customRules = change.customRules;
    app.settings = { ...app.settings, ...change.settings };
    app.updated = new Date();
    return app;
  }

  deleteApp(app: App): void {
    for (const branch of app.branches.values()) this.deleteBranch(app, branch);
    this.#apps.delete(app.id);
  }

  createBranch(app: App, name: string, settings: Settings): Branch {
    if (app.branches.has(name))
      throw new AmplifyRefusal('BadRequestException', `A branch with name: ${name} already exists for app: ${app.id}`);
    const now = new Date();
    const branch: Branch = {
      name,
      arn: `${app.arn}/branches/${encodeURIComponent(name)}`,
      settings,
      created: now,
      updated: now,
      jobs: [],
    };
    app.branches.set(name, branch);
    return branch;
  }

  branch(app: App, name: string): Branch {
    const branch = app.branches.get(name);
    if (!branch) throw new AmplifyRefusal('NotFoundException', `Branch ${name} not found for app ${app.id}`);
    return branch;
  }

  deleteBranch(app: App, branch: Branch): void {
    for (const job of branch.jobs) this.#running.get(runKey(branch, job))?.abort();
    for (const [token, upload] of this.#uploads) if (upload.branch === branch) this.#uploads.delete(token);
    app.branches.delete(branch.name);
  }

  job(branch: Branch, id: string): Job {
    const job = branch.jobs.find((known) => known.id === id);
    if (!job) throw new AmplifyRefusal('NotFoundException', `Job ${id} not found for branch ${branch.name}`);
    return job;
  }

  /** A pending job with its upload tokens; `files` asks for one upload per file instead of one zip. */
  createDeployment(branch: Branch, files: string[]): { job: Job; zip: string; files: Map<string, string> } {
    const job = this.#newJob(branch);
    const token = (file?: string) => {
      const made = randomBytes(24).toString('base64url');
      this.#uploads.set(made, { branch, job, ...(file !== undefined && { file }) });
      return made;
    };
    return { job, zip: token(), files: new Map(files.map((file) => [file, token(file)])) };
  }

  /** Takes what is put at an upload address. False: there is no such address. */
  upload(token: string, content: Uint8Array): boolean {
    const upload = this.#uploads.get(token);
    if (upload?.job.status !== 'PENDING') return false;
    upload.content = content;
    return true;
  }

  /** Begins a job that CreateDeployment made. The job runs on; its state tells how it ends. */
  startUploaded(branch: Branch, jobId: string): Job {
    const job = this.job(branch, jobId);
    if (job.status !== 'PENDING' || this.#running.has(runKey(branch, job)))
      throw new AmplifyRefusal('BadRequestException', `Job ${jobId} was already started`);
    return this.#run(branch, job, async () => this.#uploaded(branch, job));
  }

  /** Begins a job with a source of its own. */
  startFrom(branch: Branch, sourceUrl: string, load: () => Promise<Map<string, Uint8Array>>): Job {
    const job = this.#newJob(branch);
    job.sourceUrl = sourceUrl;
    return this.#run(branch, job, load);
  }

  stopJob(branch: Branch, job: Job): Job {
    if (job.status !== 'PENDING' && job.status !== 'RUNNING')
      throw new AmplifyRefusal('BadRequestException', `Job ${job.id} has already finished`);
    this.#running.get(runKey(branch, job))?.abort();
    this.#end(branch, job, 'CANCELLED');
    return job;
  }

  /** The files of a zip as a site's. */
  unzip(zip: Uint8Array): Map<string, Uint8Array> {
    return zipEntries(zip, siteLimit);
  }

  #newJob(branch: Branch): Job {
    const last = branch.jobs.at(-1);
    if (last && (last.status === 'PENDING' || last.status === 'RUNNING'))
      throw new AmplifyRefusal('BadRequestException', `The last job ${last.id} was not finished`);
    const job: Job = { id: String(branch.jobs.length + 1), status: 'PENDING', started: new Date() };
    branch.jobs.push(job);
    return job;
  }

  #uploaded(branch: Branch, job: Job): Map<string, Uint8Array> {
    const uploads = [...this.#uploads.values()].filter((upload) => upload.branch === branch && upload.job === job);
    const zip = uploads.find((upload) => upload.file === undefined)?.content;
    if (zip) return this.unzip(zip);
    const files = uploads.flatMap(({ file, content }) => (file && content ? [[file, content] as const] : []));
    if (files.length === 0) throw new ZipRefused('Nothing was uploaded.');
    return new Map(files);
  }

  /** PENDING when it returns, as on AWS; RUNNING and the end follow on their own. */
  #run(branch: Branch, job: Job, load: () => Promise<Map<string, Uint8Array>>): Job {
    const stop = new AbortController();
    this.#running.set(runKey(branch, job), stop);
    const run = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      if (stop.signal.aborted) return;
      job.status = 'RUNNING';
      try {
        const site = siteOf(await load());
        if (stop.signal.aborted) return;
        branch.site = site;
        this.#end(branch, job, 'SUCCEED');
      } catch (error) {
        if (stop.signal.aborted) return;
        job.reason = error instanceof Error ? error.message : String(error);
        this.#end(branch, job, 'FAILED');
      }
    };
    // Every failure is the job's own; there is nobody else to tell.
    void run();
    return job;
  }

  #end(branch: Branch, job: Job, status: JobStatus): void {
    job.status = status;
    job.ended = new Date();
    this.#running.delete(runKey(branch, job));
    for (const [token, upload] of this.#uploads)
      if (upload.branch === branch && upload.job === job) this.#uploads.delete(token);
  }
}

function runKey(branch: Branch, job: Job): string {
  return `${branch.arn}/${job.id}`;
}

function siteOf(files: Map<string, Uint8Array>): Site {
  return new Map(
    [...files].map(([name, content]) => [
      `/${name.replace(/^\/+/, '')}`,
      {
        content,
        type: contentType(name),
        etag: `"${createHash('sha256').update(content).digest('hex').slice(0, 32)}"`,
      },
    ]),
  );
}
