import { type Connection, isFailure } from '../deployment/ports.ts';
import type { DeploymentProblem } from '../deployment/problem.ts';
import { type Identity, localAccount, type Target } from '../deployment/target.ts';
import { accountSettings } from './account-settings.ts';
import { amplifyFrontend } from './amplify.ts';
import type { AwsCall, ClientSettings } from './clients.ts';
import { cloudFormation } from './cloudformation.ts';
import { credentialProblem, identityProblem } from './credential-problems.ts';
import { credentialSource, localCredentials } from './credentials.ts';
import { identitySource } from './identity.ts';
import { checkLocalAws } from './local-aws.ts';
import { logs } from './logs.ts';
import { objectStores } from './object-store.ts';
import { queues } from './queues.ts';
import { serviceEndpoint } from './service-endpoints.ts';
import { users } from './users.ts';

export type ConnectOutcome =
  | { status: 'connected'; connection: Connection }
  | { status: 'failed'; problem: DeploymentProblem };

export interface ConnectOptions {
  /** Told of every request; for logs and counts. */
  onCall?: (call: AwsCall) => void;
  /** Asks the user for the code of a multi-factor device. */
  mfaCode?: (serial: string) => Promise<string>;
}

/**
 * Opens an account and region for deploying: finds credentials, asks who they belong to, and refuses an account that
 * the Blueprint does not allow. A local target must be on this machine and gets made-up credentials, never real ones.
 */
export async function connect(target: Target, options: ConnectOptions = {}): Promise<ConnectOutcome> {
  const observing = options.onCall === undefined ? {} : { onCall: options.onCall };
  if (target.kind === 'local') {
    const problem = await checkLocalAws(target.endpoint);
    if (problem !== undefined) return { status: 'failed', problem };
    const { region, endpoint } = target;
    const settings = { region, endpoint, credentials: localCredentials, maxAttempts: 1, ...observing };
    return {
      status: 'connected',
      connection: connection(target, localIdentity, settings, { all: endpoint, s3: endpoint }),
    };
  }
  return connectToAws(target, options, observing);
}

async function connectToAws(
  target: Extract<Target, { kind: 'aws' }>,
  options: ConnectOptions,
  observing: Pick<ClientSettings, 'onCall'>,
): Promise<ConnectOutcome> {
  const { region, profile } = target;
  const credentials = await credentialSource({
    region,
    ...(profile === undefined ? {} : { profile }),
    ...(options.mfaCode === undefined ? {} : { mfaCode: options.mfaCode }),
  });
  try {
    // Before anything is sent, so that what is missing is told apart from what AWS refuses.
    await credentials();
  } catch (error) {
    return { status: 'failed', problem: credentialProblem(error, target) };
  }
  const settings: ClientSettings = { region, credentials, maxAttempts: 3, ...observing };
  const sts = identitySource(settings);
  const who = await sts.whoAmI();
  const endpoint = sts.endpoint();
  sts.close();
  if (isFailure(who)) return { status: 'failed', problem: identityProblem(who, target, endpoint) };
  if (target.account !== undefined && target.account !== who.identity.account) {
    return { status: 'failed', problem: wrongAccount(target.environment, target.account, who.identity.account) };
  }
  const s3 = process.env.AWS_ENDPOINT_URL_S3 ?? endpoint;
  const told = endpoint ?? serviceEndpoint(process.env);
  const elsewhere = { ...(told === undefined ? {} : { all: told }), ...(s3 === undefined ? {} : { s3 }) };
  return { status: 'connected', connection: connection(target, who.identity, settings, elsewhere) };
}

/** Whoever calls the local AWS is this user: it knows no others, so nobody is asked. */
const localIdentity: Identity = { account: localAccount, arn: `arn:aws:iam::${localAccount}:user/local` };

/** `elsewhere`: where services are when that is not AWS. */
function connection(
  target: Target,
  identity: Identity,
  settings: ClientSettings,
  elsewhere: { all?: string; s3?: string },
): Connection {
  const stacks = cloudFormation(settings);
  const stores = objectStores(
    { ...settings, ...(elsewhere.s3 === undefined ? {} : { elsewhere: elsewhere.s3 }) },
    identity.account,
  );
  const frontend = amplifyFrontend(settings);
  const ofAccount = accountSettings(settings);
  const work = queues(settings);
  const ofFunctions = logs(settings);
  const people = users(settings);
  return {
    target,
    identity,
    ...(elsewhere.all === undefined ? {} : { endpoint: elsewhere.all }),
    cloudFormation: stacks,
    bucket: stores.bucket,
    frontend,
    settings: ofAccount,
    queues: work,
    logs: ofFunctions,
    users: people,
    close() {
      stacks.close();
      stores.close();
      frontend.close();
      ofAccount.close();
      work.close();
      ofFunctions.close();
      people.close();
    },
  };
}

function wrongAccount(environment: string, allowed: string, actual: string): DeploymentProblem {
  return {
    code: 'wrong-account',
    message: `The environment ${environment} belongs to the AWS account ${allowed}; these credentials are for ${actual}.`,
    hint: `Choose a profile of the account ${allowed}, or change environments.${environment}.account in the Blueprint.`,
  };
}
