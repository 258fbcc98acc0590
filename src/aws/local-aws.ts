import * as z from 'zod';
import type { DeploymentProblem } from '../deployment/problem.ts';
import { isLoopback } from '../deployment/target.ts';
import { errorMessage } from './failures.ts';

/** What the local AWS says of itself; another program that answers everything must not be taken for it. */
const healthSchema = z.object({ product: z.literal('backdrift-local-aws') });

/** Whether a local AWS answers there; if not, what to do about it. */
export async function checkLocalAws(endpoint: string): Promise<DeploymentProblem | undefined> {
  if (!isLoopback(endpoint)) {
    return {
      code: 'not-loopback',
      message: `The local AWS must be on this machine, and ${endpoint} is not.`,
      hint: 'Use an address such as http://127.0.0.1:4577, or deploy to an environment of the Blueprint instead.',
    };
  }
  try {
    const answer = await fetch(new URL('/_local/health', endpoint), {
      redirect: 'error',
      signal: AbortSignal.timeout(5_000),
    });
    const health = healthSchema.safeParse(await answer.json().catch(() => undefined));
    if (answer.ok && health.success) return undefined;
    return {
      code: 'not-a-local-aws',
      message: `Something answers at ${endpoint}, but it is not a local AWS.`,
      hint: 'Another program uses this port. Start the local AWS on another one and set AWS_ENDPOINT_URL to its address.',
      cause: `HTTP status ${answer.status} for /_local/health`,
    };
  } catch (error) {
    return {
      code: 'local-aws-not-running',
      message: `No local AWS answers at ${endpoint}.`,
      hint: 'Start the local AWS (in VS Code: Backdrift: Start Local AWS), then try again.',
      // fetch says only that it failed; why is in its cause.
      cause: errorMessage(error instanceof Error && error.cause !== undefined ? error.cause : error),
    };
  }
}
