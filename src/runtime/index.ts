/**
 * What runs in the Lambda functions behind the generated operations: one bundle for every entity, told apart by the
 * `model.json` beside it. Handlers: `index.list`, `index.create`, `index.get`, `index.update`, `index.remove`,
 * `index.health` (which needs no model), `index.openapi` (whose model is the document that it serves), and those of
 * members (`index.listMembers` and so on, whose model says what a tenant and its members are).
 *
 * Environment: `TABLE_<ENTITY>` for the entity's own table and every table that it refers to or is referred from;
 * `CORS_ORIGINS`, the web origins that may call from a browser, separated by commas; `BACKDRIFT_SERVICE`, the project and
 * environment that metrics are counted under; `USER_POOL_ID` for the functions that create tenants and manage members.
 */
import { readFileSync } from 'node:fs';
import { prepareEntity } from './entity.ts';
import { inLambda } from './in-lambda.ts';
import { own } from './json.ts';
import { cognitoUserPool } from './members/cognito.ts';
import { prepareTeam } from './members/team.ts';
import type { UserPool } from './members/user-pool.ts';
import { Misconfigured } from './misconfigured.ts';
import { newId } from './new-id.ts';
import { type Backend, serve, serveHealth, serveMembers, serveOpenapi, type TeamBackend } from './serve.ts';
import { readServedDocument } from './served-document.ts';
import { translation } from './translation.ts';
import { tablesFrom, type World } from './world.ts';

const surroundings = inLambda();

/** Started while Lambda initialises the function, when it has the whole CPU; a failure is answered call by call. */
const connection = connect();
connection.catch(() => undefined);
const backend: Backend = () => connection;
const teamBackend: TeamBackend = async () => {
  const { team, world } = await connection;
  if (team === undefined) throw new Misconfigured('model.json is not the model of members');
  return { team, world };
};

/** What the build wrote beside this file. */
function readModel(): unknown {
  return JSON.parse(readFileSync(new URL('./model.json', import.meta.url), 'utf8'));
}

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

async function connect() {
  const model = readModel();
  const team = own(model, 'members') === undefined ? undefined : prepareTeam(model);
  const entity = team?.entity ?? prepareEntity(model);
  const [{ DynamoDBClient }, { DynamoDBDocument }, users] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('@aws-sdk/lib-dynamodb'),
    connectUserPool(process.env.USER_POOL_ID),
  ]);
  const documents = DynamoDBDocument.from(new DynamoDBClient({ maxAttempts: 4 }), translation);
  const world: World = {
    documents,
    table: tablesFrom(process.env),
    now: () => new Date(),
    newId: () => newId(Date.now()),
    pause,
    ...(users === undefined ? {} : { users }),
  };
  return { entity, team, world };
}

/** Only for the functions that are given a pool; the others do not load its client. */
async function connectUserPool(id: string | undefined): Promise<UserPool | undefined> {
  if (id === undefined || id === '') return undefined;
  const { CognitoIdentityProvider } = await import('@aws-sdk/client-cognito-identity-provider');
  return cognitoUserPool(new CognitoIdentityProvider({ maxAttempts: 4 }), id);
}

export const list = serve('list', backend, surroundings);
export const create = serve('create', backend, surroundings);
export const get = serve('get', backend, surroundings);
export const update = serve('update', backend, surroundings);
export const remove = serve('delete', backend, surroundings);
export const listMembers = serveMembers('list', teamBackend, surroundings);
export const inviteMember = serveMembers('invite', teamBackend, surroundings);
export const acceptMember = serveMembers('accept', teamBackend, surroundings);
export const changeMember = serveMembers('change', teamBackend, surroundings);
export const removeMember = serveMembers('remove', teamBackend, surroundings);
export const ownInvitations = serveMembers('invitations', teamBackend, surroundings);
export const health = serveHealth(surroundings);
export const openapi = serveOpenapi(() => readServedDocument(readModel()), surroundings);
