import type { Demand } from '../iam/demands/demand.ts';
import { logResource } from '../iam/demands/logs.ts';
import type { Aws } from '../providers/aws.ts';
import { isMissing, providerError } from '../providers/failure.ts';

/** Lines are gathered this long before they are sent, so that a chatty function does not cost a request a line. */
const gatherMillis = 150;

/** PutLogEvents takes 10,000 events or 1 MB at a time. */
const batchLines = 1_000;
const lineLimit = 256 * 1024;

interface Line {
  timestamp: number;
  message: string;
}

/** Whether the function's role may do this. */
export type Permits = (demand: Demand) => Promise<boolean>;

/** The log stream of one execution environment in CloudWatch Logs. */
export class LogStream {
  readonly group: string;
  readonly name: string;
  readonly #aws: Aws;
  readonly #region: string;
  readonly #permits: Permits;
  readonly #warn: (line: string) => void;
  #pending: Line[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void>;
  /** The role did not allow the stream to be made. */
  #refused = false;

  /**
   * `warn` is told when lines are lost. The stream, and the group where it is missing, are made at once, where the role
   * allows it: without the right, the lines of a function never arrive, as on AWS.
   */
  constructor(
    aws: Aws,
    target: { region: string; group: string; version: string; instance: string },
    permits: Permits,
    warn: (line: string) => void,
  ) {
    this.#aws = aws;
    this.#region = target.region;
    this.#permits = permits;
    this.#warn = warn;
    this.group = target.group;
    const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
    this.name = `${day}/[${target.version}]${target.instance}`;
    this.#sending = this.#open();
  }

  write(message: string, timestamp = Date.now()): void {
    this.#pending.push({ timestamp, message: message.slice(0, lineLimit) });
    if (this.#pending.length >= batchLines) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), gatherMillis);
  }

  /** Sends what is pending. Resolves when CloudWatch Logs has it. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#pending;
    this.#pending = [];
    if (lines.length > 0) this.#sending = this.#sending.then(() => this.#send(lines));
    return this.#sending;
  }

  /** The group is made only here: once its stack is deleted, late lines must not bring it back. */
  async #open(): Promise<void> {
    const key = { logGroupName: this.group, logStreamName: this.name };
    try {
      const logs = await this.#aws.logs(this.#region);
      this.#refused = !(await this.#may('CreateLogStream'));
      if (this.#refused) return;
      try {
        await logs.createLogStream(key);
      } catch (error) {
        if (!isMissing(error) || !(await this.#may('CreateLogGroup'))) throw error;
        await this.#makeGroup();
        await logs.createLogStream(key);
      }
    } catch (error) {
      this.#warn(`The log stream ${this.name} of ${this.group} could not be made: ${providerError(error, '').message}`);
    }
  }

  /** Another instance of the function may have made it in the same moment. */
  async #makeGroup(): Promise<void> {
    const logs = await this.#aws.logs(this.#region);
    try {
      await logs.createLogGroup({ logGroupName: this.group });
    } catch (error) {
      if (providerError(error, '').handlerErrorCode !== 'AlreadyExists') throw error;
    }
  }

  async #send(lines: Line[]): Promise<void> {
    try {
      // The role may have got the right meanwhile.
      if (this.#refused) await this.#open();
      if (this.#refused || !(await this.#may('PutLogEvents', this.name))) return;
      const logs = await this.#aws.logs(this.#region);
      await logs.putLogEvents({
        logGroupName: this.group,
        logStreamName: this.name,
        // Events of a batch must be in the order of their time.
        logEvents: lines.toSorted((a, b) => a.timestamp - b.timestamp),
      });
    } catch (error) {
      this.#warn(`${lines.length} log lines of ${this.group} were lost: ${providerError(error, '').message}`);
    }
  }

  #may(action: string, stream?: string): Promise<boolean> {
    return this.#permits({ action: `logs:${action}`, resource: logResource(this.#region, this.group, stream) });
  }
}
