import * as z from 'zod';
import { AmplifyRefusal, type App, type Branch, type Hosting, type Job } from './hosting.ts';

const Rule = z.object({ source: z.string(), target: z.string(), status: z.string().optional() });

const AppInput = z.looseObject({ name: z.string().min(1).max(255), customRules: z.array(Rule).optional() });
const AppChange = AppInput.partial();
const BranchInput = z.looseObject({ branchName: z.string().min(1).max(255) });
const DeploymentInput = z.looseObject({ fileMap: z.record(z.string(), z.string()).optional() });
const StartInput = z.looseObject({
  jobId: z.string().optional(),
  sourceUrl: z.string().optional(),
  sourceUrlType: z.enum(['ZIP', 'BUCKET_PREFIX']).optional(),
});

export interface ApiCall {
  method: string;
  /** Decoded, `/apps/<id>/branches/<name>/…` split at its slashes before decoding. */
  segments: string[];
  region: string;
  body: unknown;
}

export interface ApiOptions {
  /** The address of the local AWS, without a slash at the end. */
  selfUrl: string;
  /** Reads what a `sourceUrl` names. */
  load(sourceUrl: string, type: 'ZIP' | 'BUCKET_PREFIX', region: string): Promise<Map<string, Uint8Array>>;
}

/**
 * The Amplify control plane, as @aws-sdk/client-amplify speaks it.
 * https://docs.aws.amazon.com/amplify/latest/APIReference/Welcome.html
 * Undefined: not an operation that is known here.
 */
export function answerCall(hosting: Hosting, call: ApiCall, options: ApiOptions): unknown {
  const [root, appId, child, branchName, ...rest] = call.segments;
  if (root !== 'apps') return undefined;
  if (appId === undefined) {
    if (call.method === 'GET') return { apps: hosting.apps(call.region).map(appJson) };
    if (call.method !== 'POST') return undefined;
    const { name, customRules, ...settings } = parse(AppInput, call.body);
    return { app: appJson(hosting.createApp(call.region, name, customRules ?? [], settings)) };
  }
  const app = hosting.app(appId, call.region);
  if (child === undefined) return appCall(hosting, app, call);
  if (child !== 'branches') return undefined;
  if (branchName === undefined) {
    if (call.method === 'GET') return { branches: [...app.branches.values()].map(branchJson) };
    if (call.method !== 'POST') return undefined;
    const { branchName: name, ...settings } = parse(BranchInput, call.body);
    return { branch: branchJson(hosting.createBranch(app, name, settings)) };
  }
  const branch = hosting.branch(app, branchName);
  if (rest.length === 0) return branchCall(hosting, app, branch, call);
  return jobCall(hosting, branch, rest, call, options);
}

function appCall(hosting: Hosting, app: App, call: ApiCall): unknown {
  if (call.method === 'GET') return { app: appJson(app) };
  if (call.method === 'DELETE') {
    hosting.deleteApp(app);
    return { app: appJson(app) };
  }
  if (call.method !== 'POST') return undefined;
  const { name, customRules, ...settings } = parse(AppChange, call.body);
  return {
    app: appJson(
      hosting.updateApp(app, { ...(name !== undefined && { name }), ...(customRules && { customRules }), settings }),
    ),
  };
}

function branchCall(hosting: Hosting, app: App, branch: Branch, call: ApiCall): unknown {
  if (call.method === 'GET') return { branch: branchJson(branch) };
  if (call.method === 'DELETE') {
    hosting.deleteBranch(app, branch);
    return { branch: branchJson(branch) };
  }
  if (call.method !== 'POST') return undefined;
  branch.settings = { ...branch.settings, ...parse(z.looseObject({}), call.body) };
  branch.updated = new Date();
  return { branch: branchJson(branch) };
}

function jobCall(hosting: Hosting, branch: Branch, rest: string[], call: ApiCall, options: ApiOptions): unknown {
  const [kind, id, action] = rest;
  if (kind === 'deployments' && call.method === 'POST') {
    if (id === undefined) {
      const files = Object.keys(parse(DeploymentInput, call.body).fileMap ?? {});
      const made = hosting.createDeployment(branch, files);
      const address = (token: string) => `${options.selfUrl}/_amplify/_uploads/${token}`;
      return {
        jobId: made.job.id,
        zipUploadUrl: address(made.zip),
        fileUploadUrls: Object.fromEntries([...made.files].map(([file, token]) => [file, address(token)])),
      };
    }
    if (id === 'start') return { jobSummary: summary(branch, start(hosting, branch, call, options)) };
    return undefined;
  }
  if (kind !== 'jobs') return undefined;
  if (id === undefined)
    return call.method === 'GET'
      ? { jobSummaries: branch.jobs.toReversed().map((job) => summary(branch, job)) }
      : undefined;
  const job = hosting.job(branch, id);
  if (action === 'stop' && call.method === 'DELETE')
    return { jobSummary: summary(branch, hosting.stopJob(branch, job)) };
  if (action === undefined && call.method === 'GET') return { job: jobJson(branch, job) };
  return undefined;
}

function start(hosting: Hosting, branch: Branch, call: ApiCall, options: ApiOptions): Job {
  const { jobId, sourceUrl, sourceUrlType } = parse(StartInput, call.body);
  if (jobId !== undefined) return hosting.startUploaded(branch, jobId);
  if (sourceUrl !== undefined)
    return hosting.startFrom(branch, sourceUrl, () => options.load(sourceUrl, sourceUrlType ?? 'ZIP', call.region));
  throw new AmplifyRefusal('BadRequestException', 'Either jobId or sourceUrl must be specified');
}

function parse<Output>(schema: z.ZodType<Output>, body: unknown): Output {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new AmplifyRefusal(
    'BadRequestException',
    `${issue?.path.join('.') ?? 'body'}: ${issue?.message ?? 'is wrong'}`,
  );
}

const seconds = (date: Date) => date.getTime() / 1000;

function appJson(app: App): Record<string, unknown> {
  return {
    description: '',
    repository: '',
    platform: 'WEB',
    environmentVariables: {},
    enableBranchAutoBuild: false,
    enableBasicAuth: false,
    ...app.settings,
    appId: app.id,
    appArn: app.arn,
    name: app.name,
    customRules: app.customRules,
    defaultDomain: defaultDomain(app),
    createTime: seconds(app.created),
    updateTime: seconds(app.updated),
  };
}

/** The domain that an app has on AWS. Here a branch is served at `/_amplify/<app id>/<branch>/` and at `http://<branch>.<app id>.localhost`. */
export function defaultDomain(app: App): string {
  return `${app.id}.amplifyapp.com`;
}

function branchJson(branch: Branch): Record<string, unknown> {
  const active = branch.jobs.findLast((job) => job.status === 'SUCCEED');
  return {
    description: '',
    stage: 'NONE',
    enableNotification: false,
    environmentVariables: {},
    enableAutoBuild: false,
    customDomains: [],
    framework: '',
    enableBasicAuth: false,
    ttl: '5',
    enablePullRequestPreview: false,
    ...branch.settings,
    branchArn: branch.arn,
    branchName: branch.name,
    displayName: branch.name,
    createTime: seconds(branch.created),
    updateTime: seconds(branch.updated),
    activeJobId: active?.id ?? '0',
    totalNumberOfJobs: String(branch.jobs.length),
  };
}

function summary(branch: Branch, job: Job): Record<string, unknown> {
  return {
    jobArn: `${branch.arn}/jobs/${job.id.padStart(10, '0')}`,
    jobId: job.id,
    commitId: 'HEAD',
    commitMessage: '',
    commitTime: seconds(job.started),
    startTime: seconds(job.started),
    status: job.status,
    ...(job.ended && { endTime: seconds(job.ended) }),
    jobType: 'MANUAL',
    ...(job.sourceUrl && { sourceUrl: job.sourceUrl }),
  };
}

function jobJson(branch: Branch, job: Job): Record<string, unknown> {
  return {
    summary: summary(branch, job),
    steps: [
      {
        stepName: 'DEPLOY',
        startTime: seconds(job.started),
        status: job.status,
        endTime: seconds(job.ended ?? job.started),
        ...(job.reason && { statusReason: job.reason }),
      },
    ],
  };
}
