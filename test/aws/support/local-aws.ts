import { type LocalAws, type LocalAwsOptions, startLocalAws } from '../../../local-aws/local-aws.ts';
import { motoFor } from './moto.ts';

/**
 * A local AWS of one suite's own on a free port, with an empty moto behind it that ends with it: for the suite's `before`
 * hook. The suite is skipped where there is no moto.
 */
export async function localAwsFor(
  context: Mocha.Context,
  options: Pick<LocalAwsOptions, 'compose' | 'log'> & { scale?: number } = {},
): Promise<LocalAws> {
  const moto = await motoFor(context);
  try {
    const local = await startLocalAws({ ...options, port: 0, scale: options.scale ?? 0, moto: moto.endpoint });
    return {
      ...local,
      async stop() {
        await local.stop();
        await moto.stop();
      },
    };
  } catch (error) {
    await moto.stop();
    throw error;
  }
}
