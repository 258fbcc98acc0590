import Mocha from 'mocha';
import { type Moto, startMoto } from '../../../local-aws/moto.ts';

export type { Moto };

/** Why there is no moto on this machine. Known once one suite has asked: the others need not try everything again. */
let missing: string | undefined;

/**
 * An empty moto for one suite, on a port that the system chose, got the way the local AWS gets it: for a suite's `before`
 * hook. Where none can be had the suite is skipped, and the reason is part of the name that it is counted under.
 *
 * With BACKDRIFT_EMULATOR_URL all suites share the server at that address, which is emptied for each.
 */
export async function motoFor(context: Mocha.Context): Promise<Moto> {
  // The first time it may have to be downloaded.
  context.timeout(600_000);
  if (missing !== undefined) skipFor(context, missing);
  const said: string[] = [];
  const moto = await startMoto((line) => said.push(line));
  if (moto === undefined) {
    missing = ['no moto: install uv, or Python with moto[server] 5.2, or Docker', ...said].join('; ');
    skipFor(context, missing);
  }
  if (process.env.BACKDRIFT_EMULATOR_URL) await fetch(`${moto.endpoint}/moto-api/reset`, { method: 'POST' });
  return moto;
}

/** Skips the test, or from a hook the suite, and counts it under its name with the reason. */
export function skipFor(context: Mocha.Context, reason: string): never {
  const named = context.test instanceof Mocha.Hook ? context.test.parent : context.test;
  if (named) named.title = `${named.title} (${reason})`;
  return context.skip();
}
