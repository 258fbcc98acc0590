import * as vscode from 'vscode';
import { redact } from '../deployment/redact.ts';

/** The output channel *Backdrift*: levels as the user sets them, no secret in any line. */
export class Log implements vscode.Disposable {
  readonly #channel = vscode.window.createOutputChannel('Backdrift', { log: true });

  debug(message: string): void {
    this.#channel.debug(redact(message));
  }

  info(message: string): void {
    this.#channel.info(redact(message));
  }

  warn(message: string): void {
    this.#channel.warn(redact(message));
  }

  error(message: string, cause?: unknown): void {
    const detail =
      cause instanceof Error ? `: ${cause.stack ?? cause.message}` : cause === undefined ? '' : `: ${String(cause)}`;
    this.#channel.error(redact(message + detail));
  }

  at(level: 'debug' | 'info' | 'warn' | 'error', message: string): void {
    this[level](message);
  }

  show(): void {
    this.#channel.show(true);
  }

  dispose(): void {
    this.#channel.dispose();
  }
}
