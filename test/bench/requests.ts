import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Agent, createServer, request } from 'node:http';
import path from 'node:path';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import * as z from 'zod';
import { backdrift } from './command-line.ts';
import type { Figure } from './figure.ts';
import { withLocalAws } from './local.ts';
import { median } from './measure.ts';

const requestsEach = 1500;
const atOnce = 8;

/** Everybody may do everything, and nobody is throttled: what is left is the way of a request. */
const blueprint = `project: { name: Load }
entities:
  - name: note
    fields: [{ name: text, type: string }]
api:
  throttle: { rate: 10000, burst: 5000 }
  resources: [{ entity: note, auth: public }]
`;

/**
 * Requests a second through the data plane beside a bare Node HTTP server that answers the same bytes, in turns in one
 * run: /health shows what gateway, worker and handler cost, a row what the database adds.
 */
export async function requestsASecond(runs: number): Promise<Figure[]> {
  return withLocalAws(async ({ folder, endpoint }) => {
    await writeFile(path.join(folder, 'backdrift.yaml'), blueprint);
    await backdrift(['deploy'], folder, endpoint);
    const api = `${endpoint}/_api/${await restApiId(endpoint)}/api`;
    const note = await createNote(api);
    const bare = await bareServer(JSON.stringify(note));
    try {
      const addresses = { bare: bare.url, health: `${api}/health`, row: `${api}/notes/${note.id}` };
      const figures: Record<keyof typeof addresses, number[]> = { bare: [], health: [], row: [] };
      for (const address of Object.values(addresses)) await load(address, 200);
      for (let run = 0; run < runs; run += 1) {
        figures.bare.push(await load(addresses.bare, requestsEach));
        figures.health.push(await load(addresses.health, requestsEach));
        figures.row.push(await load(addresses.row, requestsEach));
      }
      const [plain, health, row] = [median(figures.bare), median(figures.health), median(figures.row)];
      return [
        { name: 'bare Node HTTP server', value: plain, unit: 'req/s' },
        { name: `data plane, GET /health (bare is ${ratio(plain, health)})`, value: health, unit: 'req/s' },
        { name: `data plane, GET one row (bare is ${ratio(plain, row)})`, value: row, unit: 'req/s' },
      ];
    } finally {
      bare.close();
    }
  });
}

function ratio(left: number, right: number): string {
  return `${(left / right).toFixed(1)}×`;
}

async function restApiId(endpoint: string): Promise<string> {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const cloudFormation = new CloudFormation({ endpoint, region: 'us-east-2', credentials });
  const { Stacks } = await cloudFormation.describeStacks({ StackName: 'backdrift-load-local-api' });
  const id = Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === 'RestApiId')?.OutputValue;
  cloudFormation.destroy();
  if (id === undefined) throw new Error('the API was not deployed');
  return id;
}

async function createNote(api: string): Promise<{ id: string }> {
  const answer = await fetch(`${api}/notes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: readFileSync(import.meta.filename, 'utf8').slice(0, 500) }),
  });
  return z.looseObject({ id: z.string() }).parse(await answer.json());
}

function bareServer(body: string): Promise<{ url: string; close(): void }> {
  const server = createServer((_, response) => {
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      .end(body);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      resolve({ url: `http://127.0.0.1:${port}/`, close: () => server.close() });
    });
  });
}

/** Requests a second over a few connections that stay open. Rejects at the first answer that is not 200. */
async function load(address: string, count: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  let left = count;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await once(address, agent);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: atOnce }, worker));
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  return count / seconds;
}

function once(address: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    request(address, { agent }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${address} answered ${response.statusCode}`));
      });
    })
      .on('error', reject)
      .end();
  });
}
