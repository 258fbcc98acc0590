import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { parse } from 'yaml';
import * as z from 'zod';
import type { LocalAws } from '../../../local-aws/local-aws.ts';
import { type LivingProject, livingProject } from '../support/living-project.ts';
import { localAwsFor } from '../support/local-aws.ts';
import { join, type Person, type Pool, poolOfStack } from '../support/people.ts';

const region = 'us-east-2';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const problem = z.object({
  title: z.string(),
  detail: z.string(),
  request_id: z.string().min(8),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});
const row = z.looseObject({ id: z.string() });

interface Deployed {
  local: LocalAws;
  project: LivingProject;
  layers: string[];
  pool: Pool;
  api: string;
}

/** An example, deployed as its user would, with its functions and all. */
async function deployExample(local: LocalAws, slug: string, change: (document: object) => object): Promise<Deployed> {
  const example = path.resolve(import.meta.dirname, '../../../examples', slug);
  const folder = path.join(example, 'functions');
  const files = readdirSync(folder).map((name) => [`functions/${name}`, readFileSync(path.join(folder, name), 'utf8')]);
  const project = await livingProject(local.url, slug, { ...Object.fromEntries(files), 'web/index.html': '<p>' });
  const written = z.looseObject({}).parse(parse(readFileSync(path.join(example, 'backdrift.yaml'), 'utf8')));
  const deployed = await project.deploy(change({ ...written, region }));
  const stacks = deployed.progress.stacks.map(({ layer, reason, status }) => `${layer} ${reason ?? status}`);
  assert.equal(deployed.outcome.result, 'succeeded', stacks.join('\n'));
  const cloudFormation = new CloudFormation({ endpoint: local.url, region, credentials });
  try {
    const { Stacks } = await cloudFormation.describeStacks({ StackName: `backdrift-${slug}-local-api` });
    const output = (key: string) => Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
    return {
      local,
      project,
      layers: deployed.progress.stacks.map(({ layer }) => layer),
      pool: await poolOfStack(local.url, `backdrift-${slug}-local-cognito`),
      api: `${local.url}/_api/${output('RestApiId')}/${output('StageName')}`,
    };
  } finally {
    cloudFormation.destroy();
  }
}

interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

async function ask(
  api: string,
  method: string,
  place: string,
  token?: string,
  body?: unknown,
  type = 'application/json',
): Promise<Answer> {
  const response = await fetch(`${api}${place}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: token }),
      ...(body === undefined ? {} : { 'content-type': type }),
      origin: 'http://localhost:5173',
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const answered: unknown = text === '' ? undefined : JSON.parse(text);
  if (response.status >= 400) {
    assert.equal(response.headers.get('content-type'), 'application/problem+json', `${method} ${place}: ${text}`);
    problem.parse(answered);
  }
  return { status: response.status, headers: response.headers, body: answered };
}

describe('endpoints of deployed examples, over HTTP', function () {
  this.timeout(180_000);
  let local: LocalAws;
  before(async function () {
    local = await localAwsFor(this);
  });
  after(() => local?.stop());

  describe('the task manager', () => {
    let deployed: Deployed;
    let ann: string;
    let bob: string;
    before(async () => {
      deployed = await deployExample(local, 'task-manager', (document) => document);
      const tokenOf = async (person: Person) => (await join(deployed.pool, person)).tokens.id;
      ann = await tokenOf({ email: 'ann@example.com', groups: ['member'] });
      bob = await tokenOf({ email: 'bob@example.com', groups: ['member'] });
    });
    after(() => deployed?.project.stop());

    it('has five stacks', () => {
      assert.deepEqual([...deployed.layers].sort(), ['amplify', 'api', 'cognito', 'dynamodb', 'lambda']);
    });

    it('lets the owner of a task complete it, and nobody else', async () => {
      const { api } = deployed;
      const created = await ask(api, 'POST', '/v1/tasks', ann, { title: 'Ship it' });
      assert.equal(created.status, 201);
      const { id } = row.parse(created.body);
      const complete = `/v1/tasks/${id}/complete`;

      assert.equal((await ask(api, 'POST', complete)).status, 401);
      assert.equal((await ask(api, 'POST', complete, bob)).status, 403);
      assert.equal((await ask(api, 'POST', '/v1/tasks/never/complete', ann)).status, 404);
      assert.equal(row.parse((await ask(api, 'GET', `/v1/tasks/${id}`, bob)).body).status, 'open');

      const completed = await ask(api, 'POST', complete, ann);
      assert.deepEqual([completed.status, completed.body], [200, { id, status: 'done', was: 'open' }]);
      assert.equal(completed.headers.get('access-control-allow-origin'), '*');
      assert.ok(completed.headers.get('x-request-id'));
      const after = await ask(api, 'GET', `/v1/tasks/${id}`, ann);
      assert.equal(row.parse(after.body).status, 'done');
      assert.notEqual(after.headers.get('etag'), created.headers.get('etag'), 'a write is a new revision');
    });

    it('answers with a problem also where no function was asked', async () => {
      const { api } = deployed;
      for (const [method, place, token, status] of [
        ['GET', '/v1/tasks', undefined, 401],
        ['GET', '/v1/tasks', 'no.token.this', 401],
        ['GET', '/v1/nowhere', ann, 404],
        ['PUT', '/v1/tasks', ann, 404],
      ] as const) {
        const answer = await ask(api, method, place, token);
        assert.equal(answer.status, status, `${method} ${place}`);
        assert.equal(answer.headers.get('access-control-allow-origin'), '*');
      }
      assert.equal((await ask(api, 'POST', '/v1/tasks', ann, '{"title":')).status, 400);
      assert.equal((await ask(api, 'POST', '/v1/tasks', ann, '["title"]')).status, 400);
    });

    it('says field by field what is wrong with a body', async () => {
      const refused = await ask(deployed.api, 'POST', '/v1/tasks', ann, { title: '', priority: 'urgent', nonsense: 1 });
      assert.equal(refused.status, 400);
      const fields = problem.parse(refused.body).errors?.map(({ field }) => field);
      assert.deepEqual(fields?.sort(), ['nonsense', 'priority']);
    });
  });

  describe('the CRM', () => {
    let deployed: Deployed;
    const tokens: Record<string, string> = {};
    let deal: string;
    before(async () => {
      deployed = await deployExample(local, 'saas-crm', (document) => document);
      const people: Record<string, Person> = {
        sam: { email: 'sam@acme.example', tenant: 'tenant-acme', groups: ['sales'] },
        sue: { email: 'sue@acme.example', tenant: 'tenant-acme', groups: ['support'] },
        eve: { email: 'eve@evil.example', tenant: 'tenant-evil', groups: ['admin', 'sales'] },
        kim: { email: 'kim@new.example', groups: ['sales'] },
      };
      for (const [name, person] of Object.entries(people)) tokens[name] = (await join(deployed.pool, person)).tokens.id;
      const contact = row.parse(
        (await ask(deployed.api, 'POST', '/v1/contacts', tokens.sam, { full_name: 'Jo' })).body,
      );
      const made = await ask(deployed.api, 'POST', '/v1/deals', tokens.sam, { title: 'Big', contact_id: contact.id });
      assert.equal(made.status, 201, JSON.stringify(made.body));
      deal = row.parse(made.body).id;
    });
    after(() => deployed?.project.stop());

    const score = (who: string, body: unknown = { stage: 'offer', amount: 5 }, id = deal, type?: string) =>
      ask(deployed.api, 'POST', `/v1/deals/${id}/score`, tokens[who], body, type);

    it('scores a deal of one’s own organization, and knows of no other', async () => {
      const scored = await score('sam');
      assert.deepEqual([scored.status, scored.body], [200, { deal_id: deal, score: 60 }]);
      assert.equal((await score('sue')).status, 403, 'not in sales');
      assert.equal((await score('kim')).status, 403, 'of no organization');
      const [foreign, missing] = [await score('eve'), await score('sam', undefined, 'never')];
      assert.deepEqual([foreign.status, missing.status], [404, 404]);
      const told = ({ body }: Answer) => ({ ...problem.parse(body), request_id: '' });
      assert.deepEqual(told(foreign), told(missing));
    });

    it('keeps the contract', async () => {
      const refused = await score('sam', { stage: 'maybe', amount: -1, days_open: 1.5, extra: true });
      assert.equal(refused.status, 400);
      assert.deepEqual(problem.parse(refused.body).errors, [
        { field: 'amount', message: 'must be at least 0' },
        { field: 'days_open', message: 'must be a whole number' },
        { field: 'stage', message: 'must be one of lead, qualified, offer, won, lost' },
        { field: 'extra', message: 'is not expected here' },
      ]);
      assert.equal((await score('sam', 'stage=offer', deal, 'application/x-www-form-urlencoded')).status, 415);
      assert.equal((await score('sam', '{"stage":')).status, 400);
      assert.equal((await score('sam', '[]')).status, 400);
    });

    it('writes a line for each request, for CloudWatch to count, that tells nothing of who asked for what', async () => {
      await score('sam', { stage: 'offer', amount: 987_654_321 });
      const logs = new CloudWatchLogs({ endpoint: local.url, region, credentials });
      const written: string[] = [];
      try {
        const logGroupName = '/aws/lambda/backdrift-saas-crm-local-score-deal';
        for (
          let attempt = 0;
          attempt < 100 && written.filter((line) => line.includes('"request"')).length < 3;
          attempt++
        ) {
          const { events = [] } = await logs.filterLogEvents({ logGroupName });
          written.splice(0, Infinity, ...events.map(({ message = '' }) => message));
          await setTimeout(50);
        }
      } finally {
        logs.destroy();
      }
      const lines = written.flatMap((text) => (text.includes('"event":"request"') ? [JSON.parse(text)] : []));
      const line = z
        .object({
          level: z.literal('info'),
          function: z.literal('score_deal'),
          route: z.literal('POST /v1/deals/{id}/score'),
          request_id: z.string(),
          status: z.number(),
          cold_start: z.boolean(),
          Service: z.literal('saas-crm-local'),
          Errors: z.number(),
          Latency: z.number(),
          _aws: z.object({ Timestamp: z.number(), CloudWatchMetrics: z.array(z.unknown()).length(1) }),
        })
        .strict();
      for (const { event, ...rest } of lines) line.parse(rest);
      assert.equal(lines.filter(({ cold_start }) => cold_start).length > 0, true);
      const all = written.join('\n');
      for (const secret of ['987654321', deal, 'sam@acme', 'tenant-acme', 'offer'])
        assert.ok(!all.includes(secret), secret);
    });
  });
});
