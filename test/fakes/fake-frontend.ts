import type { Clock, Frontend } from '../../src/deployment/ports.ts';
import type { Faults } from './fake-object-store.ts';

/** Amplify in memory: jobs take seconds and publish the zip when they end. */
export class FakeAmplify implements Frontend {
  /** By `appId/branch`: what is published. */
  readonly published = new Map<string, Uint8Array>();
  readonly calls: string[] = [];
  faults: Faults = () => undefined;
  /** Reason of the next job's failure. */
  jobFails: string | undefined;
  readonly #clock: Clock;
  readonly #jobs: { end: number; publish(): void; fails: string | undefined }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async start(target: { appId: string; branch: string }, zip: Uint8Array) {
    this.calls.push(`StartDeployment ${target.appId}/${target.branch}`);
    await this.#clock.sleep(100);
    const fault = this.faults('StartDeployment');
    if (fault !== undefined) return fault;
    const running = this.#jobs.findIndex(({ end }) => end > this.#clock.now());
    if (running >= 0) return { status: 'busy' as const, message: `The last job ${running + 1} was not finished` };
    const publish = () => this.published.set(`${target.appId}/${target.branch}`, zip);
    this.#jobs.push({ end: this.#clock.now() + 8000, publish, fails: this.jobFails });
    return { status: 'started' as const, jobId: String(this.#jobs.length) };
  }

  async job(_target: { appId: string; branch: string }, jobId: string) {
    this.calls.push(`GetJob ${jobId}`);
    await this.#clock.sleep(20);
    const job = this.#jobs[Number(jobId) - 1];
    if (job === undefined) return { status: 'rejected' as const, code: 'NotFoundException', message: 'no such job' };
    if (this.#clock.now() < job.end) return { status: 'running' as const };
    if (job.fails !== undefined) return { status: 'failed' as const, reason: job.fails };
    job.publish();
    return { status: 'succeeded' as const };
  }
}
