import fc from 'fast-check';
import { type Moto, motoFor } from '../support/moto.ts';
import { type DeployedBackend, deploy } from './backend.ts';
import { beginnings, Run, step, wholeBlueprint } from './whole-backend.ts';

describe('a whole backend, for two tenants', () => {
  let moto: Moto | undefined;
  let backend: DeployedBackend;
  before(async function () {
    moto = await motoFor(this);
    backend = await deploy(moto.endpoint, wholeBlueprint);
  });
  after(async () => {
    backend?.stop();
    await moto?.stop();
  });

  let runs = 0;

  it('answers as maps of rows would', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 50, size: 'max' }), async (steps) => {
        const { ask, items, log } = backend;
        const run = new Run({ ask, items, failure: () => log.at(-2) }, runs++);
        for (const first of beginnings) await run.take(first);
        for (const one of steps) await run.take(one);
        await run.compare();
      }),
      { numRuns: 12, endOnFailure: true },
    );
  });
});
