#!/usr/bin/env node
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { exitCode } from './cli/exit-code.ts';
import { main } from './cli/main.ts';
import type { Terminal } from './cli/terminal.ts';
import { printable } from './deployment/printable.ts';
import { redact } from './deployment/redact.ts';

// The SDK tells users of Node 20 on every start that they will have to upgrade; this program says itself what it runs on.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const interrupt = new AbortController();
process.on('SIGINT', () => {
  if (interrupt.signal.aborted) process.exit(130);
  interrupt.abort();
});

// A reader that stops reading (`backdrift preview | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const terminal: Terminal = {
  out: (text) => process.stdout.write(`${printable(text)}\n`),
  err: (text) => process.stderr.write(`${printable(text)}\n`),
  draw: (text) => process.stderr.write(text),
  live: process.stderr.isTTY === true && process.env.TERM !== 'dumb' && process.env.CI === undefined,
  ...(process.stdin.isTTY && process.stderr.isTTY ? { ask } : {}),
  columns: () => process.stderr.columns ?? 80,
  environment: process.env,
  workingDirectory: process.cwd(),
  // From source, what was built last is used.
  installation:
    process.env.BACKDRIFT_VERSION === undefined ? path.join(import.meta.dirname, '../dist') : import.meta.dirname,
  interrupted: interrupt.signal,
};

async function ask(question: string): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await reader.question(question, { signal: interrupt.signal });
  } finally {
    reader.close();
  }
}

try {
  process.exitCode = await main(process.argv.slice(2), terminal);
} catch (error) {
  process.exitCode = exitCode.failed;
  process.stderr.write(
    `Backdrift itself failed. Please report this:\n${printable(redact(error instanceof Error ? (error.stack ?? error.message) : String(error)))}\n`,
  );
}
