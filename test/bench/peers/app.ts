import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The app that every tool deploys: 5 tables, 15 functions behind 15 routes of one REST API, 1 user pool with a client. */
export const tables = ['1', '2', '3', '4', '5'];
export const functions = Array.from({ length: 15 }, (_, index) => String(index + 1).padStart(2, '0'));
export const region = 'us-east-1';
export const account = '123456789012';

/** The table that a function reads. */
export function tableOf(id: string): string {
  return String(((Number(id) - 1) % tables.length) + 1);
}

/** GET and POST by turns. */
export function methodOf(id: string): 'GET' | 'POST' {
  return Number(id) % 2 === 1 ? 'GET' : 'POST';
}

/** Writes the functions' code: src/fn01/index.js and so on. Another `version` changes the first one. */
export async function writeFunctions(folder: string, version: number): Promise<void> {
  for (const id of functions) {
    const directory = path.join(folder, 'src', `fn${id}`);
    await mkdir(directory, { recursive: true });
    const body = JSON.stringify({ function: id, version: id === '01' ? version : 1 });
    await writeFile(
      path.join(directory, 'index.js'),
      `exports.handler = async () => ({ statusCode: 200, body: ${JSON.stringify(body)} });\n`,
    );
  }
}

/** Environment of a tool: an account that does not exist, at the local AWS, and no words home. */
export function peerEnvironment(endpoint: string): NodeJS.ProcessEnv {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    CHECKPOINT_DISABLE: '1',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    NODE_NO_WARNINGS: '1',
    CI: '1',
  };
}

/** A tool beside ours. */
export interface Peer {
  name: string;
  /** Why it cannot run here; undefined when it can. */
  missing(): Promise<string | undefined>;
  /** Writes the project into an empty folder and does what a user does once (init, bootstrap). */
  prepare(folder: string, endpoint: string): Promise<void>;
  /** What a deploy would do. Absent where the tool has no such thing. */
  preview?(folder: string, endpoint: string): Promise<void>;
  deploy(folder: string, endpoint: string): Promise<void>;
}
