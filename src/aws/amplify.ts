import { AmplifyClient, CreateDeploymentCommand, GetJobCommand, StartDeploymentCommand } from '@aws-sdk/client-amplify';
import type { Failure, Frontend } from '../deployment/ports.ts';
import { redact } from '../deployment/redact.ts';
import { type ClientSettings, clientConfig, observer, observerPlace } from './clients.ts';
import { toFailure } from './failures.ts';

/** Publishing to an Amplify app that has no repository: create a deployment, upload the zip, start it. */
export function amplifyFrontend(settings: ClientSettings): Frontend & { close(): void } {
  const client = new AmplifyClient(clientConfig(settings));
  client.middlewareStack.add(observer(settings.onCall), observerPlace);
  return {
    async start({ appId, branch }, zip) {
      try {
        const { jobId, zipUploadUrl } = await client.send(new CreateDeploymentCommand({ appId, branchName: branch }));
        if (jobId === undefined || zipUploadUrl === undefined) {
          return {
            status: 'rejected',
            code: 'NoUploadUrl',
            message: 'Amplify gave no address to upload the frontend to.',
          };
        }
        const refused = await upload(zipUploadUrl, zip, settings);
        if (refused !== undefined) return refused;
        await client.send(new StartDeploymentCommand({ appId, branchName: branch, jobId }));
        return { status: 'started', jobId };
      } catch (error) {
        const failure = toFailure(error);
        // A refusal without a code of its own; only the wording tells.
        const busy = failure.status === 'rejected' && /last job .*not finished/i.test(failure.message);
        return busy ? { status: 'busy', message: failure.message } : failure;
      }
    },

    async job({ appId, branch }, jobId) {
      try {
        const { job } = await client.send(new GetJobCommand({ appId, branchName: branch, jobId }));
        const status = job?.summary?.status;
        if (status === 'SUCCEED') return { status: 'succeeded' };
        if (status === 'FAILED' || status === 'CANCELLED') {
          const reasons = (job?.steps ?? []).map((step) => step.statusReason).filter((reason) => reason);
          return {
            status: 'failed',
            reason: redact(reasons.join(' ')) || `Amplify's job ${jobId} ended as ${status}.`,
          };
        }
        return { status: 'running' };
      } catch (error) {
        return toFailure(error);
      }
    },

    close: () => client.destroy(),
  };
}

/** The address is signed by Amplify: the request carries no credentials of its own. */
async function upload(url: string, zip: Uint8Array, settings: ClientSettings): Promise<Failure | undefined> {
  const began = performance.now();
  let error: string | undefined;
  try {
    const response = await fetch(url, {
      method: 'PUT',
      headers: { 'content-type': 'application/zip' },
      body: new Blob([new Uint8Array(zip)]),
      signal: AbortSignal.timeout(10 * 60_000),
    });
    await response.arrayBuffer();
    if (response.ok) return undefined;
    error = `HTTP ${response.status}`;
    return {
      status: response.status >= 500 ? 'unreachable' : 'rejected',
      code: 'UploadRefused',
      message: `The upload of the frontend was refused with HTTP status ${response.status}.`,
    };
  } catch (cause) {
    error = cause instanceof Error ? cause.name : 'Unknown';
    return { status: 'unreachable', code: 'UploadFailed', message: 'The upload of the frontend was interrupted.' };
  } finally {
    settings.onCall?.({
      service: 'Amplify',
      operation: 'UploadZip',
      milliseconds: performance.now() - began,
      ...(error === undefined ? {} : { error }),
    });
  }
}
