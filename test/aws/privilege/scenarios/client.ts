import { anybody, type Project } from '../project.ts';

/** What a client of a service is made with: the function's credentials, or anybody's. */
export function settings({ endpoint, region }: Project, credentials: object) {
  return { endpoint, region, credentials: { ...anybody, ...credentials } };
}

/** Does something with a client, and closes it. */
export async function using<Client extends { destroy(): void }, Result>(
  client: Client,
  work: (client: Client) => Promise<Result>,
): Promise<void> {
  try {
    await work(client);
  } finally {
    client.destroy();
  }
}

/** That something is not there is an answer to who may ask for it. */
export async function unlessDenied(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Error) || /AccessDenied/.test(error.name)) throw error;
  }
}
