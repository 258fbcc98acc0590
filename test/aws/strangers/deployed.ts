import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { root } from '../../../scripts/build-options.mjs';
import { commandLine } from '../../builders/command-line.ts';
import type { SuiteAws } from '../local-aws.ts';
import { join, type Person, type Pool, poolOfStack, type Tokens } from '../support/people.ts';

/** A backend that was deployed with the command line, as those see it who only know its address. */
export interface DeployedBackend {
  /** The address of the API, without a slash at its end. */
  api: string;
  pool: Pool;
  /** A call by whoever has the token; by a stranger without one. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Signs up, confirms and signs in. */
  join(person: Person): Promise<SignedIn>;
  remove(): Promise<void>;
}

export type SignedIn = Person & { sub: string; tokens: Tokens };

export interface CallOptions {
  as?: { tokens: Tokens } | undefined;
  body?: unknown;
  /** The body as it stands, in place of JSON. */
  text?: string;
  headers?: Record<string, string>;
}

export interface Answer {
  status: number;
  headers: Headers;
  /** Of the body, where it is JSON. */
  body: Record<string, unknown>;
  text: string;
}

const json = z.record(z.string(), z.unknown());

/** Deploys an example's folder, or a Blueprint, to the local AWS. `slug` is the project's part of stack names. */
export async function deployBackend(
  aws: SuiteAws,
  source: { example: string } | { blueprint: string },
  { slug, region = 'us-east-2' }: { slug: string; region?: string },
): Promise<DeployedBackend> {
  const cli = await commandLine();
  if ('example' in source) await cp(path.join(root, 'examples', source.example), cli.directory, { recursive: true });
  else await cli.write(source.blueprint);
  const { exit, out, err } = await cli.run(['deploy', '--environment', 'local'], { AWS_ENDPOINT_URL: aws.endpoint });
  assert.equal(exit, 0, err);
  const api = /^API: (.+)$/m.exec(out)?.[1];
  assert.ok(api, out);
  const pool = await poolOfStack(aws.endpoint, `backdrift-${slug}-local-cognito`, region);
  return {
    api,
    pool,
    call: (method, where, options) => call(`${api}${where}`, method, options),
    join: (person) => join(pool, person),
    remove: () => cli.remove(),
  };
}

async function call(address: string, method: string, options: CallOptions = {}): Promise<Answer> {
  const { as, body, text, headers } = options;
  const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const answer = await fetch(address, {
    method,
    headers: {
      ...(as === undefined ? {} : { authorization: `Bearer ${as.tokens.id}` }),
      ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent }),
  });
  const received = await answer.text();
  return { status: answer.status, headers: answer.headers, body: parsed(received), text: received };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value = json.safeParse(JSON.parse(text));
    return value.success ? value.data : {};
  } catch {
    // No JSON: the tests look at the text then.
    return {};
  }
}

/** The id of what was created; fails when it was not. */
export function idOf({ status, body, text }: Answer): string {
  assert.equal(status, 201, text);
  assert.ok(typeof body.id === 'string', text);
  return body.id;
}

/** The rows of a page. */
export function itemsOf({ status, body, text }: Answer): Record<string, unknown>[] {
  assert.equal(status, 200, text);
  return z.array(json).parse(body.items);
}

/** Every answer that is not a success looks the same: nobody has to guess what it is. */
export function assertProblem(answer: Answer, status: number): void {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/, answer.text);
  assert.equal(answer.body.status, status, answer.text);
  for (const key of ['title', 'detail', 'request_id']) assert.equal(typeof answer.body[key], 'string', answer.text);
}
