import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Operation } from '../../../src/blueprint/schema.ts';
import { type SuiteAws, startSuiteAws } from '../local-aws.ts';
import type { Answered, Asked } from '../runtime/bench.ts';
import { type AskedBackend, beginnings, Run, step, tenantsOf, wholeBlueprint } from '../runtime/whole-backend.ts';
import { type DeployedBackend, deployBackend, type SignedIn } from './deployed.ts';

/** Everybody of a tenant may do everything, as fast as they like. */
const blueprint = `project: { name: Whole }\n${wholeBlueprint.replace('api:', 'api:\n  throttle: { rate: 10000, burst: 5000 }')}`;

const methods: Record<Operation, string> = {
  list: 'GET',
  create: 'POST',
  get: 'GET',
  update: 'PATCH',
  delete: 'DELETE',
};

describe('a deployed backend, asked in any order by the people of two tenants', function () {
  this.timeout(300_000);
  let aws: SuiteAws | undefined;
  let backend: DeployedBackend;
  const people = new Map<string, SignedIn>();

  before(async function () {
    aws = await startSuiteAws(this);
    backend = await deployBackend(aws, { blueprint }, { slug: 'whole' });
  });
  after(async () => {
    await backend?.remove();
    await aws?.stop();
  });

  /** The same questions as to the handlers themselves, with a real token over HTTP. */
  const api: AskedBackend = {
    async ask(entity, operation, { id, body, query, headers, claims }: Asked): Promise<Answered> {
      const as = people.get(String(claims?.['custom:tenant_id']));
      assert.ok(as, 'somebody of the tenant');
      const search = query === undefined ? '' : `?${new URLSearchParams(query)}`;
      const path = `/${entity}s${id === undefined ? '' : `/${encodeURIComponent(id)}`}${search}`;
      const answer = await backend.call(methods[operation], path, {
        as,
        ...(body === undefined ? {} : { body }),
        ...(headers === undefined ? {} : { headers }),
      });
      return { status: answer.status, headers: Object.fromEntries(answer.headers), body: answer.body };
    },
  };

  let runs = 0;

  it('answers as maps of rows would', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 60, size: 'max' }), async (steps) => {
        const number = runs++;
        for (const tenant of tenantsOf(number))
          people.set(tenant, await backend.join({ email: `${tenant}@example.com`, tenant }));
        const run = new Run(api, number);
        for (const first of beginnings) await run.take(first);
        for (const one of steps) await run.take(one);
        await run.compare();
      }),
      { numRuns: 6, endOnFailure: true },
    );
  });
});
