import { readFile } from 'node:fs/promises';
import {
  createCredentialChain,
  fromEnv,
  fromIni,
  fromNodeProviderChain,
  fromTokenFile,
} from '@aws-sdk/credential-providers';
import type { CredentialSource } from './clients.ts';

/** The local AWS takes any credentials; these are recognisably not real ones. */
export const localCredentials: CredentialSource = async () => ({
  accessKeyId: 'local',
  secretAccessKey: 'local',
});

/**
 * Credentials as every AWS tool finds them: a named profile (SSO, assumed roles, credential_process, `aws login`
 * included), else environment, AWS_PROFILE or the default profile, and on AWS's own machines the role of the machine.
 * `mfaCode` is asked when a profile wants a code.
 */
export async function credentialSource(options: {
  region: string;
  profile?: string;
  mfaCode?: (serial: string) => Promise<string>;
}): Promise<CredentialSource> {
  return remembered(await source(options));
}

/** Soon enough before credentials end to finish a call with them: five minutes, as the SDK does. */
const margin = 5 * 60_000;

/** Asks the source once for all clients, and again when what it gave is about to expire. */
function remembered(provider: CredentialSource): CredentialSource {
  let current: ReturnType<CredentialSource> | undefined;
  return async () => {
    const known = await current?.catch(() => undefined);
    const lasts = known?.expiration === undefined || known.expiration.getTime() - Date.now() > margin;
    if (known !== undefined && lasts) return known;
    current = provider();
    return current;
  };
}

async function source(options: {
  region: string;
  profile?: string;
  mfaCode?: (serial: string) => Promise<string>;
}): Promise<CredentialSource> {
  const init = {
    // As parent configuration the region gives way to what a profile says, so that an SSO session signs in where it lives.
    parentClientConfig: { region: options.region },
    ignoreCache: true,
    ...(options.mfaCode === undefined ? {} : { mfaCodeProvider: options.mfaCode }),
  };
  if (options.profile !== undefined) return fromIni({ ...init, profile: options.profile });
  // Asking the metadata service from a machine that is not AWS's waits for an address that nobody answers at.
  if (await runsAtAws()) return fromNodeProviderChain(init);
  if (process.env.AWS_PROFILE) return fromIni(init);
  return createCredentialChain(fromEnv(), fromIni(init), fromTokenFile(init));
}

async function runsAtAws(): Promise<boolean> {
  const { env } = process;
  if (env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI || env.AWS_CONTAINER_CREDENTIALS_FULL_URI) return true;
  const vendors = await Promise.all(
    [
      '/sys/devices/virtual/dmi/id/sys_vendor',
      '/sys/devices/virtual/dmi/id/product_version',
      '/sys/hypervisor/uuid',
    ].map((file) => readFile(file, 'latin1').catch(() => '')),
  );
  return vendors.some((text) => /amazon|^ec2/i.test(text));
}
