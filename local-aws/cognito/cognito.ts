import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { credentialScope, pathOf } from '../aws-request.ts';
import { readBody } from '../http-body.ts';
import type { Log } from '../log.ts';
import type { Aws } from '../providers/aws.ts';
import { CognitoError } from './cognito-error.ts';
import { Mailbox } from './mailbox.ts';
import type { Operation } from './operation.ts';
import { adminUserOperations } from './operations/admin-users.ts';
import { challengeOperations } from './operations/answer-challenge.ts';
import { listOperations } from './operations/lists.ts';
import { ownAccountOperations } from './operations/own-account.ts';
import { poolOperations } from './operations/pools.ts';
import { recoveryOperations } from './operations/recovery.ts';
import { secondFactorOperations } from './operations/second-factor.ts';
import { signInOperations } from './operations/sign-in.ts';
import { signUpOperations } from './operations/sign-up.ts';
import { issuerOf } from './signing-keys.ts';
import { CognitoState } from './state.ts';

/** The largest request that Cognito takes is far below this. */
const maximumBody = 1_000_000;

export interface Cognito {
  /** Answers what users of a pool do, and the pool's public keys; false leaves pools and clients to moto. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  readonly mailbox: Mailbox;
  /** The public keys of a pool: what its tokens are verified with. */
  publicKeys: CognitoState['keys']['publicKeys'];
  /** Signs claims with a pool's key: for tests of what a token has to say. */
  sign: CognitoState['keys']['sign'];
}

/**
 * The users' half of Cognito: sign-up, sign-in, tokens, recovery, second factor, and what administrators do with users.
 * moto has these operations as well, but checks no code, no SRP proof and no second factor, and signs the tokens of all
 * pools with one key that comes with it. Pools, clients and groups stay moto's.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_Operations.html
 */
export function createCognito(options: { aws: Aws; log: Log; now?: () => number }): Cognito {
  const mailbox = new Mailbox(options.log);
  const state = new CognitoState({ aws: options.aws, mailbox, now: options.now ?? Date.now });
  const operations: ReadonlyMap<string, Operation> = new Map(
    Object.entries({
      ...signUpOperations,
      ...signInOperations,
      ...challengeOperations,
      ...recoveryOperations,
      ...ownAccountOperations,
      ...secondFactorOperations,
      ...adminUserOperations,
      ...listOperations,
      ...poolOperations(options.aws),
    }),
  );

  return {
    mailbox,
    publicKeys: (userPoolId) => state.keys.publicKeys(userPoolId),
    sign: (userPoolId, claims) => state.keys.sign(userPoolId, claims),
    async handle(request, response) {
      const [, poolId, document] =
        /^\/([a-z0-9-]+_[A-Za-z0-9]+)\/\.well-known\/(jwks\.json|openid-configuration)$/.exec(pathOf(request)) ?? [];
      if (poolId && document && request.method === 'GET') {
        await describe(response, poolId, document);
        return true;
      }
      const region = credentialScope(request)?.region;
      if (region !== undefined) state.pools.visit(region);
      const name = operationName(request) ?? '';
      const operation = operations.get(name);
      if (!operation) return false;
      // What administrators do is signed; what users do is not.
      if (region === undefined && /^(?:Admin|List|Describe|Update(?!UserAttributes))/.test(name)) {
        request.resume();
        response.setHeader('x-amzn-errortype', 'MissingAuthenticationTokenException');
        send(response, 400, {
          __type: 'MissingAuthenticationTokenException',
          message: 'Missing Authentication Token',
        });
        return true;
      }
      const body = await readBody(request, maximumBody);
      if (body === undefined) {
        response.shouldKeepAlive = false;
        send(response, 413, { __type: 'RequestEntityTooLargeException', message: 'Request is too large.' });
        return true;
      }
      await run(operation, body.toString('utf8'), response);
      return true;
    },
  };

  async function run(operation: Operation, body: string, response: ServerResponse): Promise<void> {
    try {
      send(response, 200, await operation(parsed(body), state));
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      response.setHeader('x-amzn-errortype', refusal.type);
      response.setHeader('x-amzn-errormessage', headerText(refusal.message));
      send(response, 400, { __type: refusal.type, message: refusal.message });
    }
  }

  async function describe(response: ServerResponse, userPoolId: string, document: string): Promise<void> {
    try {
      await state.pools.pool(userPoolId);
    } catch (error) {
      if (!(error instanceof CognitoError)) throw error;
      send(response, 404, { message: error.message });
      return;
    }
    if (document === 'jwks.json') send(response, 200, await state.keys.publicKeys(userPoolId));
    else
      send(response, 200, {
        issuer: issuerOf(userPoolId),
        jwks_uri: `${issuerOf(userPoolId)}/.well-known/jwks.json`,
        id_token_signing_alg_values_supported: ['RS256'],
        response_types_supported: ['code', 'token'],
        subject_types_supported: ['public'],
      });
  }
}

const ServiceRefusal = z.object({
  name: z.string(),
  message: z.string(),
  $metadata: z.object({ httpStatusCode: z.number().min(400).max(499) }),
});

/** What is the caller's to know: a refusal of ours, or of moto's. */
function refusalOf(error: unknown): { type: string; message: string } | undefined {
  if (error instanceof CognitoError) return { type: error.type, message: error.message };
  const { data } = ServiceRefusal.safeParse(error);
  return data && { type: data.name, message: data.message };
}

function operationName(request: IncomingMessage): string | undefined {
  const target = request.headers['x-amz-target'];
  if (request.method !== 'POST' || typeof target !== 'string') return undefined;
  return /^AWSCognitoIdentityProviderService\.(\w+)$/.exec(target)?.[1];
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body === '' ? '{}' : body);
  } catch {
    throw new CognitoError('InvalidParameterException', 'The request is not JSON.');
  }
}

function headerText(message: string): string {
  return message.replace(/[^\x20-\x7e]/g, ' ').trim();
}

/** Pages sign in from a site's own origin: the service answers every origin. */
function send(response: ServerResponse, status: number, value: object): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': randomUUID(),
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date',
  });
  response.end(body);
}
