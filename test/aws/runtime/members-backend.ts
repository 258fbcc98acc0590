import assert from 'node:assert/strict';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import pLimit from 'p-limit';
import * as z from 'zod';
import { parseBlueprint } from '../../../src/blueprint/parse.ts';
import { prepareEntity } from '../../../src/runtime/entity.ts';
import { cognitoUserPool } from '../../../src/runtime/members/cognito.ts';
import { prepareTeam } from '../../../src/runtime/members/team.ts';
import { newId } from '../../../src/runtime/new-id.ts';
import { type Handler, type LogLine, serve, serveMembers } from '../../../src/runtime/serve.ts';
import { translation } from '../../../src/runtime/translation.ts';
import { tablesFrom, type World } from '../../../src/runtime/world.ts';
import { type MemberVerb, memberStem, memberVerbs } from '../../../src/stacks/members/operations.ts';
import { tableVariable } from '../../../src/stacks/model.ts';
import { tableId } from '../../../src/stacks/names.ts';
import { compiled } from '../../unit/stacks/compiled.ts';
import type { Bench } from '../support/bench.ts';
import { type Person, type Pool, signUp as signUpAt } from '../support/people.ts';
import { deployPool } from '../support/user-pool.ts';
import { type Answered, type Asked, proxyEvent, readResponse } from './bench.ts';

/** A call to a service that a handler is about to make: `dynamodb:TransactWriteItems`, `cognito-idp:AdminGetUser`. */
export interface ServiceCall {
  handler: string;
  action: string;
}

export type MemberAction = MemberVerb | 'create' | 'get' | 'delete';

/** Who somebody is by now, as a token that is issued at this moment would say. */
export type Claims = Record<string, unknown> & { sub: string };

/**
 * The functions around tenants in this process, on a DynamoDB and a Cognito over a socket, each with nothing but the
 * tables and the rights that it is deployed with.
 */
export interface MembersBackend {
  pool: Pool;
  cognito: CognitoIdentityProvider;
  /** Past all rights. */
  documents: DynamoDBDocument;
  membersTable: string;
  tenantsTable: string;
  ask(action: MemberAction, asked: Asked): Promise<Answered>;
  /** An account with a verified address. */
  signUp(email: string): Promise<Person & { sub: string }>;
  /** The claims of a token that is issued now. */
  claims(sub: string): Promise<Claims>;
  log: LogLine[];
  /** Runs before every call of a handler; what it throws the handler gets. */
  before: { each?: (call: ServiceCall) => void | Promise<void> };
  /** Rights that a function has, and those that were used: `MembersList: dynamodb:Query table/…`. */
  granted: ReadonlySet<string>;
  used: ReadonlySet<string>;
  stop(): void;
}

export async function deployMembers(bench: Bench, text: string): Promise<MembersBackend> {
  const { blueprint, problems } = parseBlueprint(`project: { name: Shop }\n${text}`);
  assert.ok(blueprint, JSON.stringify(problems));
  const { stack, permissions, property, problems: compiling } = compiled(blueprint);
  assert.deepEqual(compiling, []);
  const pool = await deployPool(bench, { groups: blueprint.auth?.roles ?? [] });

  const before: MembersBackend['before'] = {};
  const granted = new Set<string>();
  const used = new Set<string>();
  const clients: { destroy(): void }[] = [];
  // moto carries out a transaction step by step; DynamoDB's requests are atomic. What interleaves is whole requests.
  const gate = pLimit(1);
  const settings = {
    region: bench.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };

  const allows = (stem: string) => {
    const rights = new Map(permissions(stem).map((permission) => [concrete(permission), `${stem}: ${permission}`]));
    for (const name of rights.values()) granted.add(name);
    return (right: string): boolean => {
      const grant = rights.get(right);
      if (grant !== undefined) used.add(grant);
      return grant !== undefined;
    };
  };
  const concrete = (permission: string) =>
    permission.replace(/\{(\w+)Name\}/, 'm-$1').replace('{UserPoolId}', pool.userPoolId);

  const documentsFor = (stem: string | undefined): DynamoDBDocument => {
    const client = new DynamoDBClient({ ...settings, endpoint: bench.moto });
    clients.push(client);
    const may = stem === undefined ? undefined : allows(stem);
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const name = String(context.commandName).replace(/Command$/, '');
        if (may !== undefined && stem !== undefined) {
          for (const right of rightsOf(name, z.record(z.string(), z.unknown()).parse(args.input))) refuse(may, right);
          await before.each?.({ handler: stem, action: `dynamodb:${name}` });
        }
        return gate(() => next(args));
      },
      { step: 'serialize', priority: 'high', name: 'rights' },
    );
    return DynamoDBDocument.from(client, translation);
  };
  const cognitoFor = (stem: string | undefined): CognitoIdentityProvider => {
    const client = new CognitoIdentityProvider({ ...settings, endpoint: bench.url });
    clients.push(client);
    if (stem === undefined) return client;
    const may = allows(stem);
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const action = `cognito-idp:${String(context.commandName).replace(/Command$/, '')}`;
        refuse(may, `${action} userpool/${pool.userPoolId}`);
        await before.each?.({ handler: stem, action });
        return next(args);
      },
      { step: 'serialize', priority: 'high', name: 'rights' },
    );
    return client;
  };

  const documents = documentsFor(undefined);
  const cognito = cognitoFor(undefined);
  for (const [id, { Type, Properties }] of Object.entries(stack('dynamodb').template.Resources)) {
    if (Type !== 'AWS::DynamoDB::Table') continue;
    await documents.send(new CreateTableCommand({ ...tableSchema.parse(Properties), TableName: `m-${id}` }));
  }

  const worldOf = (stem: string): World => {
    const variables = property('lambda', `${stem}Function`, 'Environment', 'Variables') ?? {};
    const environment = Object.fromEntries(
      blueprint.entities.flatMap((entity) => {
        const variable = tableVariable(entity.name);
        return JSON.stringify(variables).includes(`"${variable}"`) ? [[variable, `m-${tableId(entity)}`]] : [];
      }),
    );
    const hasPool = JSON.stringify(variables).includes('"USER_POOL_ID"');
    return {
      documents: documentsFor(stem),
      table: tablesFrom(environment),
      now: () => new Date(),
      newId: () => newId(Date.now()),
      pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds / 10)),
      ...(hasPool ? { users: cognitoUserPool(cognitoFor(stem), pool.userPoolId) } : {}),
    };
  };

  const log: LogLine[] = [];
  const surroundings = { origins: ['*'], log: (line: LogLine) => log.push(line), ticks: () => performance.now() };
  const model = (handler: string): unknown => {
    const functions = Object.values(stack('lambda').template.Resources);
    const code = functions.find(({ Properties }) => Properties.FunctionName === handler)?.Properties.Code;
    const artifact = stack('lambda').artifacts.find(({ key }) => JSON.stringify(code ?? null).includes(key));
    assert.ok(artifact?.source.kind === 'runtime', handler);
    return JSON.parse(artifact.source.model);
  };
  const nameOf = (stem: string) => String(property('lambda', `${stem}Function`, 'FunctionName'));
  const handlers = new Map<MemberAction, Handler>();
  for (const operation of ['create', 'get', 'delete'] as const) {
    const stem = `${operation.charAt(0).toUpperCase()}${operation.slice(1)}Organization`;
    const parts = { entity: prepareEntity(model(nameOf(stem))), world: worldOf(stem) };
    handlers.set(
      operation,
      serve(operation, async () => parts, surroundings),
    );
  }
  for (const verb of memberVerbs) {
    const stem = memberStem(verb);
    const parts = { team: prepareTeam(model(nameOf(stem))), world: worldOf(stem) };
    handlers.set(
      verb,
      serveMembers(verb, async () => parts, surroundings),
    );
  }

  return {
    pool,
    cognito,
    documents,
    membersTable: 'm-OrganizationMembersTable',
    tenantsTable: 'm-OrganizationsTable',
    log,
    before,
    granted,
    used,
    async signUp(email) {
      const person = await signUpAt(pool, { email });
      const UserAttributes = [{ Name: 'email_verified', Value: 'true' }];
      await cognito.adminUpdateUserAttributes({ UserPoolId: pool.userPoolId, Username: email, UserAttributes });
      return person;
    },
    async claims(sub) {
      const who = { UserPoolId: pool.userPoolId, Username: sub };
      const { UserAttributes = [] } = await cognito.adminGetUser(who);
      const { Groups = [] } = await cognito.adminListGroupsForUser(who);
      return {
        ...Object.fromEntries(UserAttributes.map(({ Name = '', Value = '' }) => [Name, Value])),
        'cognito:groups': Groups.map(({ GroupName = '' }) => GroupName).join(','),
        sub,
      };
    },
    async ask(action, asked) {
      const handler = handlers.get(action);
      assert.ok(handler, action);
      return readResponse(await handler(proxyEvent(asked), {}));
    },
    stop() {
      for (const client of clients) client.destroy();
    },
  };
}

function refuse(may: (right: string) => boolean, right: string): void {
  if (!may(right)) throw Object.assign(new Error(`not allowed: ${right}`), { name: 'AccessDeniedException' });
}

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const tableSchema = z.object({
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N']) })),
  KeySchema: keySchema,
  BillingMode: z.literal('PAY_PER_REQUEST'),
  GlobalSecondaryIndexes: z
    .array(
      z.object({
        IndexName: z.string(),
        KeySchema: keySchema,
        Projection: z.object({ ProjectionType: z.literal('ALL') }),
      }),
    )
    .exactOptional(),
});

const kinds = ['Put', 'Update', 'Delete', 'ConditionCheck'] as const;
const target = z.object({ TableName: z.string(), IndexName: z.string().optional() });

/** The rights that a request needs; a transaction needs those of its members. */
function rightsOf(name: string, input: Record<string, unknown>): string[] {
  if (name !== 'TransactWriteItems') {
    const { TableName, IndexName } = target.parse(input);
    return [`dynamodb:${name} table/${TableName}${IndexName === undefined ? '' : `/index/${IndexName}`}`];
  }
  const members = z.array(z.partialRecord(z.enum(kinds), z.unknown())).parse(input.TransactItems);
  return members.flatMap((member) =>
    kinds.flatMap((kind) =>
      member[kind] === undefined
        ? []
        : [
            `dynamodb:${kind === 'ConditionCheck' ? 'ConditionCheckItem' : `${kind}Item`} table/${target.parse(member[kind]).TableName}`,
          ],
    ),
  );
}
