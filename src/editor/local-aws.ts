import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import type * as vscode from 'vscode';
import { localAwsEnvironment } from './child-environment.ts';
import { isLocalAwsHealth, startFailure } from './local-aws-messages.ts';
import type { Log } from './log.ts';
import type { Obstacle } from './session.ts';
import { settings } from './settings.ts';
import type { StateStore } from './state-store.ts';
import { t } from './text.ts';

/** How long the local AWS may take until it answers, in milliseconds. moto's first start takes some seconds. */
const patience = 60_000;
/** Between two looks at a local AWS that is starting, in milliseconds. */
const pause = 250;

/** The local AWS as this window sees it: one it started itself, or one that answers already. */
export class LocalAws implements vscode.Disposable {
  readonly #program: string;
  readonly #store: StateStore;
  readonly #log: Log;
  #child: ChildProcess | undefined;

  /** `program`: dist/local-aws/main.js of this extension. */
  constructor(program: vscode.Uri, store: StateStore, log: Log) {
    this.#program = program.fsPath;
    this.#store = store;
    this.#log = log;
  }

  /** Looks whether one answers, without starting any. */
  async look(): Promise<boolean> {
    const endpoint = settings.endpoint();
    const answers = await this.#answers(endpoint);
    if (this.#store.state.localAws.kind !== 'starting') {
      this.#store.update({
        localAws: answers ? { kind: 'running', endpoint, ours: this.#child !== undefined } : { kind: 'stopped' },
      });
    }
    return answers;
  }

  /** Starts one, or uses the one that answers already. Undefined when it runs. */
  async start(signal: AbortSignal): Promise<Obstacle | undefined> {
    const endpoint = settings.endpoint();
    if (await this.look()) return undefined;
    const port = settings.port();
    if (endpoint !== `http://127.0.0.1:${port}`) {
      return {
        code: 'local-aws-elsewhere',
        message: t('No local AWS answers at {0}.', endpoint),
        hint: t('Start it there, or empty the setting backdrift.localAws.endpoint.'),
      };
    }
    this.#store.update({ localAws: { kind: 'starting' } });
    const failure = await this.#run(port, endpoint, signal);
    this.#store.update({ localAws: failure ? { kind: 'stopped' } : { kind: 'running', endpoint, ours: true } });
    return failure;
  }

  /** Stops the one that this window started. What was deployed to it is gone. */
  async stop(): Promise<boolean> {
    const child = this.#child;
    if (!child) return false;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    await ended;
    return true;
  }

  dispose(): void {
    this.#child?.kill('SIGTERM');
  }

  async #run(port: number, endpoint: string, signal: AbortSignal): Promise<Obstacle | undefined> {
    const child = spawn(
      process.execPath,
      [this.#program, '--port', String(port), '--scale', String(settings.scale()), '--exit-with-parent'],
      {
        // Not the folder that the editor was started in: Python looks for its modules there.
        cwd: path.dirname(this.#program),
        env: localAwsEnvironment(process.env, process.versions.electron !== undefined),
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
    this.#child = child;
    let output = '';
    let ended: string | undefined;
    const listen = (chunk: Buffer): void => {
      const text = chunk.toString('utf8');
      output = (output + text).slice(-20_000);
      for (const line of text.split('\n')) if (line.trim() !== '') this.#log.debug(`local AWS: ${line.trimEnd()}`);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.on('error', (error) => {
      ended = error.message;
      output += `\n${error.message}`;
    });
    child.on('exit', (code, by) => {
      ended = t('it ended with {0}', by ?? code ?? 0);
      if (this.#child === child) this.#child = undefined;
      if (this.#store.state.localAws.kind === 'running') this.#store.update({ localAws: { kind: 'stopped' } });
      this.#log.info(`The local AWS ended (${by ?? code})`);
    });
    const deadline = Date.now() + patience;
    while (ended === undefined && Date.now() < deadline && !signal.aborted) {
      if (await this.#answers(endpoint)) {
        this.#log.info(`The local AWS answers at ${endpoint}`);
        return undefined;
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    child.kill('SIGTERM');
    if (signal.aborted) return { code: 'cancelled', message: t('The start of the local AWS was cancelled.') };
    if (ended === undefined) {
      return {
        code: 'local-aws-silent',
        message: t('The local AWS did not answer within {0} seconds.', patience / 1000),
        hint: t('The output has the details.'),
      };
    }
    return { code: 'local-aws-failed', ...startFailure(output, port) };
  }

  async #answers(endpoint: string): Promise<boolean> {
    try {
      const response = await fetch(`${endpoint}/_local/health`, {
        redirect: 'error',
        signal: AbortSignal.timeout(2_000),
      });
      const answer: unknown = await response.json();
      return response.ok && isLocalAwsHealth(answer);
    } catch (error) {
      // Nobody listens, or somebody else does: both mean that no local AWS answers.
      this.#log.debug(`No local AWS at ${endpoint}: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  }
}
