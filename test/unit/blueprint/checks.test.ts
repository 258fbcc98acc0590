import assert from 'node:assert/strict';
import { looksSlow, matchesWhole } from '../../../src/blueprint/checks/pattern.ts';
import { parseBlueprint, type WorkspaceFacts } from '../../../src/blueprint/parse.ts';

const head = 'project: { name: Shop }\n';

function codesOf(text: string, workspace?: WorkspaceFacts): string[] {
  return parseBlueprint(head + text, workspace).problems.map(({ code }) => code);
}

describe('Files of a Blueprint', () => {
  const text = 'functions: [ { name: a, handler: functions/a.mjs } ]\nfrontend: { directory: web }\n';
  const all = (kind: ReturnType<WorkspaceFacts['locate']>): WorkspaceFacts => ({ locate: () => kind });

  it('are looked for only where there is a workspace to look in', () => assert.deepEqual(codesOf(text), []));

  it('may be missing, outside or of the wrong kind', () => {
    assert.deepEqual(codesOf(text, all('missing')), ['missing-file', 'missing-directory']);
    assert.deepEqual(codesOf(text, all('outside-workspace')), ['outside-workspace', 'outside-workspace']);
    assert.deepEqual(codesOf(text, all('file')), ['not-a-directory']);
    assert.deepEqual(codesOf(text, all('directory')), ['missing-file']);
  });

  for (const path of [
    '../a.mjs',
    'a/../../b.mjs',
    '/etc/a.mjs',
    '~/a.mjs',
    'C:\\\\a.mjs',
    '..\\\\a.mjs',
    'file:///a.mjs',
    'a\\0.mjs',
  ]) {
    it(`may not be ${path}, whatever the workspace says`, () => {
      const asked: string[] = [];
      const workspace: WorkspaceFacts = {
        locate: (relative) => {
          asked.push(relative);
          return 'file';
        },
      };
      assert.deepEqual(codesOf(`functions: [ { name: a, handler: "${path}" } ]`, workspace), ['outside-workspace']);
      assert.deepEqual(asked, []);
    });
  }

  it('may go up and down inside', () => assert.deepEqual(codesOf('frontend: { directory: a/../web/./dist }'), []));
});

describe('Regions of workflows', () => {
  const workflows = 'workflows: [ { name: a, handler: a.mjs } ]\n';

  it('are looked at in every environment, each reported where it is written', () => {
    const text = `${head}region: us-east-2\nenvironments: { dev: {}, prod: { region: us-east-1 }, eu: { region: us-west-2 } }\n${workflows}`;
    const shown = parseBlueprint(text).problems.map(({ range }) => text.slice(range.start, range.end));
    assert.deepEqual(shown, ['us-east-1', 'us-west-2']);
  });

  it('are reported once when several environments inherit them', () => {
    assert.deepEqual(codesOf(`region: us-west-2\nenvironments: { dev: {}, prod: {} }\n${workflows}`), [
      'region-without-durable-functions',
    ]);
  });

  it('do not matter to an environment that has its own', () => {
    assert.deepEqual(codesOf(`region: us-west-2\nenvironments: { dev: { region: us-east-2 } }\n${workflows}`), []);
  });
});

describe('What code uses', () => {
  const text = (uses: string) =>
    `region: us-east-2
queues: [ { name: mails, function: send } ]
workflows: [ { name: onboarding, handler: a.mjs, uses: [mails] } ]
functions: [ { name: send, handler: a.mjs, uses: [${uses}] } ]`;

  it('may be a workflow, to start it, and nothing else of it', () => {
    assert.deepEqual(codesOf(text('onboarding, mails')), []);
    assert.deepEqual(codesOf(text('"onboarding:read"')), ['unknown-target']);
    assert.deepEqual(codesOf(text('"mails:read"')), ['unknown-target']);
    assert.deepEqual(codesOf(text('offboarding')), ['unknown-target']);
  });
});

describe('Access', () => {
  it('needs auth wherever it is asked for, storage by default', () => {
    assert.deepEqual(codesOf('storage: [ { name: files } ]'), ['access-without-auth']);
    assert.deepEqual(codesOf('storage: [ { name: files, access: public } ]'), []);
    assert.deepEqual(codesOf('tenancy: { mode: multi_tenant, tenant_entity: team }'), ['access-without-auth']);
  });

  it('of an endpoint may be its row’s owner', () => {
    const text = (owner: string, path: string) => `auth: {}
entities: [ { name: note, ${owner} fields: [ { name: owner_id } ] } ]
functions: [ { name: pin, handler: pin.mjs } ]
api:
  resources: [ { entity: note, operations: [get] } ]
  endpoints: [ { method: POST, path: "${path}", function: pin, auth: owner } ]
`;
    assert.deepEqual(codesOf(text('owner_field: owner_id,', '/notes/{id}/pin')), []);
    assert.deepEqual(codesOf(text('', '/notes/{id}/pin')), ['owner-without-owner-field']);
    assert.deepEqual(codesOf(text('owner_field: owner_id,', '/pins')), ['owner-without-owner-field']);
  });

  it('may be judged although auth itself has a mistake', () => {
    assert.deepEqual(
      codesOf(
        'auth: { roles: [admin], mfa: of }\nentities: [ { name: a } ]\napi: { resources: [ { entity: a, auth: admin } ] }',
      ),
      ['unknown-value'],
    );
  });
});

describe('Tenants', () => {
  const tenants = 'auth: { roles: [admin, clerk] }\ntenancy: { mode: multi_tenant, tenant_entity: team }\n';

  it('have a key that nobody chooses', () => {
    const keyed = (field: string) => codesOf(`${tenants}entities: [ { name: team, fields: [ ${field} ] } ]\n`);
    assert.deepEqual(keyed('{ name: id, type: string, primary: true }'), []);
    assert.deepEqual(keyed('{ name: slug, primary: true }'), ['tenant-key']);
    assert.deepEqual(keyed('{ name: id, primary: true }, { name: n, primary: true, sort: true }'), ['tenant-key']);
  });

  it('keep the name of their members for them', () => {
    const named = (name: string, more = 'api: {}') => codesOf(`${tenants}${more}\nentities: [ { name: ${name} } ]\n`);
    for (const name of ['team_member', 'team-members', 'teamMember'])
      assert.deepEqual(named(name), ['reserved-name'], name);
    assert.deepEqual(named('member'), []);
    assert.deepEqual(named('team_member', ''), [], 'without an API there are no members');
    const field = (name: string) =>
      codesOf(`auth: {}\ntenancy: { mode: multi_tenant, tenant_entity: team, field: ${name} }\napi: {}\n`);
    assert.deepEqual(field('email'), ['reserved-name']);
    assert.deepEqual(field('org'), []);
  });

  it('are created and read by people who signed in', () => {
    const routes = (auth: string) =>
      codesOf(`${tenants}api: { resources: [ { entity: team, operations: [create], auth: ${auth} } ] }\n`);
    assert.deepEqual(routes('public'), ['public-tenant-rows']);
    assert.deepEqual(routes('admin'), []);
  });

  it('do not let their roles write what all of them share', () => {
    const shared = (entity: string, auth: string) =>
      codesOf(`${tenants}entities: [ ${entity} ]\napi: { resources: [ { entity: plan, auth: ${auth} } ] }\n`);
    assert.deepEqual(shared('{ name: plan }', 'clerk'), ['tenant-role-on-shared-rows']);
    assert.deepEqual(shared('{ name: plan }', '{ list: admin, get: admin }'), []);
    assert.deepEqual(shared('{ name: plan, tenancy: tenant }', 'clerk'), []);
  });

  it('have routes that nothing else may take, also where they are not written', () => {
    const endpoint = (method: string, path: string) =>
      codesOf(`${tenants}functions: [ { name: f, handler: f.mjs } ]
api: { endpoints: [ { method: ${method}, path: "${path}", function: f } ] }\n`);
    assert.deepEqual(endpoint('POST', '/teams'), ['duplicate-route']);
    assert.deepEqual(endpoint('GET', '/teams/invitations'), ['duplicate-route']);
    assert.deepEqual(endpoint('DELETE', '/teams/{id}/members/{user_id}'), ['duplicate-route']);
    assert.deepEqual(endpoint('GET', '/teams/{team}/x'), ['path-parameter-conflict']);
    assert.deepEqual(endpoint('PUT', '/teams/{id}/members'), []);
  });

  it('have members that a function may use', () => {
    const using = (name: string) =>
      codesOf(`${tenants}api: {}\nfunctions: [ { name: f, handler: f.mjs, uses: ["${name}"] } ]\n`);
    assert.deepEqual(using('team_member:read'), []);
    assert.deepEqual(using('team_members'), ['unknown-target']);
  });
});

describe('Unique fields', () => {
  const entity = (fields: string) => codesOf(`entities: [{ name: line, fields: [${fields}] }]`);
  it('are not beside a key that is a number, unless they are that key', () => {
    for (const type of ['integer', 'number']) {
      const key = `{ name: no, type: ${type}, primary: true }`;
      assert.deepEqual(entity(`${key}, { name: code, unique: true }`), ['unique-not-possible']);
      assert.deepEqual(entity(`{ name: no, type: ${type}, primary: true, unique: true }`), []);
      const sorted = `{ name: no, type: ${type}, primary: true, unique: true }, { name: at, primary: true, sort: true }`;
      assert.deepEqual(entity(sorted), ['unique-not-possible']);
    }
    for (const type of ['string', 'date', 'datetime'])
      assert.deepEqual(entity(`{ name: no, type: ${type}, primary: true }, { name: code, unique: true }`), []);
    assert.deepEqual(
      entity('{ name: a, primary: true }, { name: n, type: integer, primary: true, sort: true, unique: true }'),
      [],
    );
  });
  it('are thirty at most', () => {
    const fields = (count: number) => Array.from({ length: count }, (_, n) => `{ name: f${n}, unique: true }`).join();
    assert.deepEqual(entity(fields(30)), []);
    assert.deepEqual(entity(fields(32)), ['unique-not-possible']);
  });
});

describe('Keys that tenants choose', () => {
  const warnings = (fields: string, more = '') =>
    codesOf(`auth: {}
tenancy: { mode: multi_tenant, tenant_entity: organization }
entities: [{ name: project, tenancy: tenant }, { name: task, tenancy: tenant, ${more} fields: [${fields}] }]`);
  it('are told from those that name a row or a user', () => {
    assert.deepEqual(warnings('{ name: code, primary: true }'), ['key-across-tenants']);
    assert.deepEqual(warnings('{ name: id, primary: true }'), []);
    const part = '{ name: project_id, primary: true, references: project }, { name: n, primary: true, sort: true }';
    assert.deepEqual(warnings(part), []);
    assert.deepEqual(warnings('{ name: user_id, primary: true }', 'owner_field: user_id,'), []);
    assert.deepEqual(codesOf('entities: [{ name: task, fields: [{ name: code, primary: true }] }]'), []);
  });
});

describe('References in a circle', () => {
  const field = (to: string, more = 'required: true') => `{ name: ${to}_id, references: ${to}, ${more} }`;
  const circles = (entities: Record<string, string[]>) =>
    codesOf(
      `entities: [${Object.entries(entities)
        .map(([name, fields]) => `{ name: ${name}, fields: [${fields.join()}] }`)
        .join()}]`,
    );
  it('need one that is optional', () => {
    assert.deepEqual(circles({ a: [field('a')] }), ['reference-circle']);
    assert.deepEqual(circles({ a: [field('b')], b: [field('c')], c: [field('a'), field('b')] }), ['reference-circle']);
    assert.deepEqual(circles({ a: [field('b')], b: [field('c')], c: [field('a', 'on_delete: set_null')] }), []);
    assert.deepEqual(circles({ a: [field('b'), field('c')], b: [field('c')], c: [] }), []);
  });
  it('are fine where a row may name itself', () => {
    assert.deepEqual(circles({ a: ['{ name: code, primary: true }', field('a')] }), []);
  });
  it('are found in a dense web without trying every way', () => {
    const names = Array.from({ length: 60 }, (_, n) => `e${n}`);
    const web = Object.fromEntries(names.map((name, n) => [name, names.slice(n + 1).map((to) => field(to))]));
    assert.deepEqual(circles(web), []);
  });
});

describe('Routes', () => {
  it('take their parameters from the key of the entity', () => {
    const text = (path: string) => `entities: [ { name: product, fields: [ { name: sku, primary: true } ] } ]
functions: [ { name: buy, handler: buy.mjs } ]
api:
  resources: [ { entity: product } ]
  endpoints: [ { method: POST, path: "${path}", function: buy } ]
`;
    assert.deepEqual(codesOf(text('/products/{sku}/buy')), []);
    assert.deepEqual(codesOf(text('/products/{id}/buy')), ['path-parameter-conflict']);
  });

  it('of two resources may not meet', () => {
    assert.deepEqual(
      codesOf(
        'entities: [ { name: a }, { name: b } ]\napi: { resources: [ { entity: a }, { entity: b, base_path: /as } ] }',
      ),
      ['duplicate-route'],
    );
  });
});

describe('Names', () => {
  it('may be the same in different lists', () => {
    assert.deepEqual(
      codesOf(
        'functions: [ { name: clean, handler: a.mjs } ]\njobs: [ { name: clean, schedule: "0 2 * * *", function: clean } ]',
      ),
      [],
    );
  });

  it('of generated functions are taken', () => {
    assert.deepEqual(
      codesOf('entities: [ { name: task } ]\nfunctions: [ { name: createTaskHandler, handler: a.mjs } ]'),
      ['reserved-name'],
    );
    assert.deepEqual(codesOf('functions: [ { name: create_task_handler, handler: a.mjs } ]'), []);
  });

  it('that were renamed may not be in use', () => {
    assert.deepEqual(codesOf('entities: [ { name: a }, { name: b, renamed_from: a } ]'), ['duplicate-name']);
    assert.deepEqual(codesOf('entities: [ { name: c, renamed_from: a }, { name: b, renamed_from: a } ]'), [
      'duplicate-name',
    ]);
    assert.deepEqual(codesOf('entities: [ { name: b, renamed_from: a } ]'), []);
  });
});

describe('Patterns', () => {
  it('that repeat a repetition are seen', () => {
    for (const pattern of ['(a+)+', '(a*)*b', '((ab)+c?)*', '(?:x+y+){2,}', '([a-z]+\\.)*'])
      assert.ok(looksSlow(pattern), pattern);
    for (const pattern of ['a+', '(ab)+', '[(a+)+]', '\\(a+\\)+', '^[A-Z]{3}-[0-9]+$', '(a+)?', '(a{2,3})+']) {
      assert.ok(!looksSlow(pattern), pattern);
    }
  });

  it('match the whole value', () => {
    assert.equal(matchesWhole('[a-z]+', 'abc'), true);
    assert.equal(matchesWhole('[a-z]+', 'abc1'), false);
    assert.equal(matchesWhole('a|b', 'bc'), false);
    assert.equal(matchesWhole('(a|a)*(a|aa)+', 'a'.repeat(60)), undefined, 'not tried');
  });
});

describe('Defaults', () => {
  const fits = (field: string) => codesOf(`entities: [ { name: a, fields: [ { name: f, ${field} } ] } ]`);

  for (const field of [
    'default: x',
    'type: integer, default: 3',
    'type: boolean, default: false',
    'type: date, default: "2024-02-29"',
    'type: datetime, default: "2025-01-31T08:00:00Z"',
    'type: datetime, default: "2025-01-31T08:00:00.123+02:00"',
    'type: json, default: { a: [1] }',
    'type: enum, enum: [a, b], default: b',
    'pattern: "[a-z]+", default: abc',
    'max_length: 2, default: "😀😀"',
  ]) {
    it(`may be ${field}`, () => assert.deepEqual(fits(field), []));
  }

  for (const field of [
    'default: 3',
    'default: null',
    'type: integer, default: 1.5',
    'type: integer, min: 2, default: 1',
    'type: number, max: 2, default: 2.5',
    'type: boolean, default: "true"',
    'type: date, default: "2025-02-29"',
    'type: date, default: tomorrow',
    'type: datetime, default: "2025-01-31"',
    'type: datetime, default: "2025-01-31T08:00:00"',
    'type: enum, enum: [a, b], default: c',
    'pattern: "[a-z]+", default: abc1',
    'min_length: 2, default: x',
  ]) {
    it(`may not be ${field}`, () => assert.deepEqual(fits(field), ['default-does-not-fit']));
  }
});

describe('The row that an endpoint’s path leads to', () => {
  const text = (path: string, auth: string, operations = 'list') => `auth: { roles: [admin] }
tenancy: { mode: multi_tenant, tenant_entity: organization }
entities:
  - { name: organization, fields: [{ name: name }] }
  - { name: deal, tenancy: tenant, owner_field: owner_id, fields: [{ name: owner_id }] }
  - name: line
    owner_field: owner_id
    fields: [{ name: deal_id, primary: true }, { name: position, type: integer, primary: true, sort: true }, { name: owner_id }]
  - { name: tag, fields: [{ name: text }] }
api:
  resources:
    - { entity: organization, operations: [create, get] }
    - { entity: deal, base_path: /v1/deals, operations: [${operations}] }
    - { entity: line, operations: [get] }
    - { entity: tag, operations: [get] }
  endpoints: [{ method: POST, path: "${path}", function: act, auth: ${auth} }]
functions: [{ name: act, handler: act.mjs }]
`;

  it('must have an owner where the endpoint is for the owner', () => {
    for (const path of ['/v1/deals/{id}', '/v1/deals/{id}/win', '/lines/{deal_id}/{position}/move'])
      assert.deepEqual(codesOf(text(path, 'owner')), [], path);
    for (const path of [
      '/v1/deals',
      '/v1/deals/all',
      '/deals/{id}',
      '/lines/{deal_id}/move',
      '/tags/{id}/pin',
      '/v1/x/{id}',
    ])
      assert.deepEqual(codesOf(text(path, 'owner')), ['owner-without-owner-field'], path);
  });

  it('is no tenant’s where the endpoint is public', () => {
    assert.deepEqual(codesOf(text('/v1/deals/{id}/win', 'public')), ['public-tenant-rows']);
    assert.deepEqual(codesOf(text('/organizations/{id}/close', 'public')), ['public-tenant-rows']);
    for (const path of ['/v1/deals/won', '/tags/{id}/pin', '/hooks/{id}'])
      assert.deepEqual(codesOf(text(path, 'public')), [], path);
  });

  it('is named by its key, whether or not one row is offered', () => {
    for (const operations of ['list', 'list, get'])
      assert.deepEqual(codesOf(text('/v1/deals/{deal_id}/win', 'authenticated', operations)), [
        'path-parameter-conflict',
      ]);
  });
});

describe('A contract of an endpoint', () => {
  const codes = (schema: unknown, part = 'request') =>
    codesOf(
      `api: { endpoints: [{ method: POST, path: /act, function: act, ${part}: ${JSON.stringify(schema)} }] }\nfunctions: [{ name: act, handler: act.mjs }]`,
    );

  it('may be all of JSON Schema that stands in one document', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: ['object', 'null'],
      properties: { a: { $ref: '#/$defs/a~1b' }, b: true, c: { pattern: '^\\p{L}+$', format: 'email' } },
      patternProperties: { '^x-': { type: 'string' } },
      additionalProperties: false,
      $defs: { 'a/b': { type: 'array', prefixItems: [{ const: 1 }], items: false, maxItems: 3, uniqueItems: true } },
      if: { required: ['a'] },
      else: { minProperties: 2 },
      anyOf: [{ multipleOf: 0.5 }, { enum: [null] }],
    };
    assert.deepEqual(codes(schema), []);
    assert.deepEqual(codes(schema, 'response'), []);
  });

  const wrong: [string, unknown][] = [
    ['a type that there is not', { type: 'float' }],
    ['one of several', { type: ['string', 'text'] }],
    ['a schema that is a text', { properties: { a: 'string' } }],
    ['a list that is none', { anyOf: { type: 'string' } }],
    ['properties in a list', { properties: ['a'] }],
    ['a required field that is not in a list', { required: 'a' }],
    ['an enum that is one value', { enum: 'a' }],
    ['a length that is negative', { properties: { a: { minLength: -1 } } }],
    ['a bound that is a text', { items: { maximum: '3' } }],
    ['a multiple of nothing', { multipleOf: 0 }],
    ['a pattern that is none', { properties: { a: { pattern: '(' } } }],
    ['a pattern that is none in Unicode', { properties: { a: { pattern: '\\-' } } }],
    ['a name’s pattern that is none', { patternProperties: { '[': {} } }],
    ['a reference to elsewhere', { $ref: 'https://example.com/schema' }],
    ['a reference to nothing', { properties: { a: { $ref: '#/$defs/none' } } }],
    ['a reference to what is no schema', { required: ['a'], $ref: '#/required' }],
    ['a name of its own', { $id: 'https://example.com/schema' }],
  ];
  for (const [what, schema] of wrong)
    it(`may not have ${what}`, () => {
      assert.deepEqual(codes(schema), ['invalid-contract']);
      assert.deepEqual(codes(schema, 'response'), ['invalid-contract']);
    });

  it('is warned of where a text could keep it busy', () => {
    assert.deepEqual(codes({ properties: { a: { pattern: '^(a+)+$' } } }), ['slow-pattern']);
  });
});
