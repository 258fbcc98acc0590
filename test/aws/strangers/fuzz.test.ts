import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import fc from 'fast-check';
import { type SuiteAws, startSuiteAws } from '../local-aws.ts';
import { type DeployedBackend, deployBackend, idOf, type SignedIn } from './deployed.ts';

/** Every type, unique and indexed fields, a join of two entities, files, and rows of two tenants. */
const blueprint = `project: { name: Fuzz }
auth: { roles: [admin] }
tenancy: { mode: multi_tenant, tenant_entity: team }
entities:
  - { name: team, fields: [{ name: name, required: true }] }
  - name: note
    tenancy: tenant
    owner_field: owner_id
    soft_delete: true
    fields:
      - { name: title, required: true, max_length: 40 }
      - { name: code, unique: true, pattern: "[A-Z]{1,8}" }
      - { name: amount, type: number, min: -5, max: 5 }
      - { name: count, type: integer }
      - { name: done, type: boolean }
      - { name: level, type: enum, enum: [low, high], default: low }
      - { name: due, type: date }
      - { name: at, type: datetime }
      - { name: extra, type: json }
      - { name: owner_id }
    indexes: [{ name: by_level, partition: level, sort: due }]
  - name: tag
    tenancy: tenant
    fields:
      - { name: note_id, primary: true, references: note, on_delete: cascade }
      - { name: word, primary: true, sort: true }
  - name: page
    fields: [{ name: slug, primary: true }, { name: body }]
api:
  throttle: { rate: 10000, burst: 5000 }
  openapi: public
  resources:
    - { entity: team, operations: [create, get, update], auth: { update: admin } }
    - { entity: note, auth: { delete: owner } }
    - { entity: tag }
    - { entity: page, auth: public, allow_scan: true }
storage: [{ name: papers, access: owner }]
`;

const secret = 'for-the-red-team-only';

describe('a deployed backend, sent whatever comes to mind', function () {
  this.timeout(240_000);
  let aws: SuiteAws | undefined;
  let backend: DeployedBackend;
  let red: SignedIn;
  let blue: SignedIn;
  let ids: string[];
  const agent = new Agent({ keepAlive: true, maxSockets: 6 });

  before(async function () {
    aws = await startSuiteAws(this);
    backend = await deployBackend(aws, { blueprint }, { slug: 'fuzz' });
    red = await backend.join({ email: 'red@example.com', tenant: 'team-red' });
    blue = await backend.join({ email: 'blue@example.com', tenant: 'team-blue' });
    const made = await backend.call('POST', '/notes', {
      as: red,
      body: { title: secret, code: 'RED', due: '2026-01-01' },
    });
    const own = await backend.call('POST', '/notes', { as: blue, body: { title: 'ours' } });
    ids = [idOf(made), idOf(own)];
    for (const note_id of ids.slice(0, 1)) {
      const tag = await backend.call('POST', '/tags', { as: red, body: { note_id, word: secret } });
      assert.equal(tag.status, 201, tag.text);
    }
  });
  after(async () => {
    agent.destroy();
    await backend?.remove();
    await aws?.stop();
  });

  /** Sent as it stands: no library makes it tidy on the way. */
  function send(wish: Wish): Promise<{ status: number; type: string; text: string }> {
    const { origin, pathname } = new URL(backend.api);
    return new Promise((resolve, reject) => {
      const sent = request(
        origin,
        { agent, method: wish.method, path: `${pathname}${wish.path}`, headers: wish.headers },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              type: response.headers['content-type'] ?? '',
              text: Buffer.concat(parts).toString(),
            }),
          );
          response.on('error', reject);
        },
      );
      sent.on('error', reject);
      sent.end(wish.body);
    });
  }

  it('never fails inside, never answers with another team’s row, and always says what is wrong', async () => {
    await fc.assert(
      fc.asyncProperty(wishes(), fc.constantFrom('blue', 'nobody', 'forged'), async (wish, who) => {
        const headers = { ...wish.headers };
        if (who === 'blue' && headers.authorization === undefined) headers.authorization = blue.tokens.id;
        if (who === 'forged') headers.authorization = forged(red.tokens.id, headers['x-forge'] ?? '');
        const path = wish.path.replaceAll('{red}', ids[0] ?? '').replaceAll('{blue}', ids[1] ?? '');
        const answer = await send({ ...wish, path, headers });
        const shown = JSON.stringify([wish.method, path, who, String(wish.body).slice(0, 300), answer]);
        assert.ok(answer.status >= 200 && answer.status < 500, shown);
        assert.ok(!answer.text.includes(secret) && !answer.text.includes('team-red'), shown);
        assert.ok(!/at .*\.m?js:\d+|node_modules|dynamodb|arn:aws/i.test(answer.text), shown);
        // A request line or headers that are too long never reach the API.
        if (answer.status >= 400 && answer.status !== 431)
          assert.match(answer.type, /^application\/problem\+json/, shown);
      }),
      { numRuns: 900 },
    );
    const untouched = await backend.call('GET', `/notes/${ids[0]}`, { as: red });
    assert.equal(untouched.body.title, secret);
  });
});

interface Wish {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: Buffer;
}

/** The token of another, with one character changed or its parts put together wrongly. */
function forged(token: string, how: string): string {
  const [head = '', claims = '', signature = ''] = token.split('.');
  const at = [...how].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 7) % (claims.length - 1);
  const changed = `${claims.slice(0, at)}${claims[at] === 'A' ? 'B' : 'A'}${claims.slice(at + 1)}`;
  return how.length % 2 === 0 ? `${head}.${changed}.${signature}` : `${head}.${claims}.${signature.slice(0, -6)}abcdef`;
}

const awkward = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('..', '.', ' ', '__proto__', 'constructor', '_unique', '%00', '\u0000', '🏔️', '\u202e', 'null', '-1'),
  fc.constantFrom(9, 2100, 5000).map((length) => 'x'.repeat(length)),
);

const segment = fc.oneof(
  fc.constantFrom('{red}', '{blue}', '{red}/members', '{blue}/x'),
  awkward.map((text) => {
    try {
      return encodeURIComponent(text);
    } catch {
      // Half of a pair of code units cannot be written in a URL.
      return '%ED%A0%80';
    }
  }),
  fc.constantFrom('%', '%zz', '%c3%28', '..%2f..', '%2e%2e', ';', '*'),
);

const parameter = fc.tuple(
  fc.constantFrom(
    'limit',
    'cursor',
    'sort',
    'level',
    'due',
    'due.gte',
    'due.lt',
    'code',
    'note_id',
    'word',
    '_list',
    '',
  ),
  fc.oneof(
    fc.constantFrom('0', '1', '101', '-1', '1e3', '-due', 'due', 'low', '2026-01-01', 'e30', 'W10', 'bnVsbA', '{red}'),
    awkward.map((text) => encodeURIComponent(Buffer.from(text).toString())),
    fc.base64String({ maxLength: 60 }).map((text) => text.replaceAll('=', '')),
  ),
);

const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  awkward,
  fc.constantFrom<unknown[]>(-0, 2 ** 60, 0.1, '2026-02-30', '2026-02-28', '2026-01-01T00:00:00Z', 'RED', 'low', true),
);

const body = fc.oneof(
  fc
    .record(
      {
        title: fc.oneof({ weight: 3, arbitrary: fc.constant('fine') }, value),
        name: value,
        code: value,
        amount: value,
        count: value,
        done: value,
        level: value,
        due: value,
        at: value,
        extra: value,
        note_id: fc.oneof(fc.constantFrom('{red}', '{blue}'), value),
        word: value,
        slug: value,
        body: value,
        owner_id: value,
        team_id: value,
        filename: value,
        content_type: value,
        size: value,
        email: value,
        role: value,
      },
      { requiredKeys: [] },
    )
    .map((fields) => Buffer.from(JSON.stringify(fields))),
  fc.jsonValue().map((whole) => Buffer.from(JSON.stringify(whole))),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom(
    Buffer.from('{"title":"a","title":"b"}'),
    Buffer.from('{"title":"fine","__proto__":{"team_id":"team-red"}}'),
    Buffer.from('\ufeff{"title":"fine"}'),
    Buffer.from('{"title":'),
    Buffer.from(`{"title":"fine","extra":${'['.repeat(3000)}${']'.repeat(3000)}}`),
    Buffer.from(`{"title":"fine","extra":"${'y'.repeat(450_000)}"}`),
    Buffer.from('{"title":"fine","count":9007199254740993}'),
    Buffer.from('{"title":"fine","amount":1e-200}'),
  ),
);

function wishes(): fc.Arbitrary<Wish> {
  const collection = fc.constantFrom(
    '/notes',
    '/tags',
    '/pages',
    '/teams',
    '/files/papers',
    '/health',
    '/openapi.json',
    '/nowhere',
  );
  const path = fc
    .tuple(collection, fc.array(segment, { maxLength: 2 }), fc.array(parameter, { maxLength: 2 }))
    .map(([base, rest, query]) => {
      const search = query.map(([name, text]) => `${name}=${text}`).join('&');
      return [base, ...rest].join('/') + (search === '' ? '' : `?${search}`);
    });
  const headers = fc.record(
    {
      'content-type': fc.constantFrom(
        'application/json',
        'text/plain',
        'application/xml',
        'application/json; charset=latin1',
        '',
      ),
      'if-match': fc.constantFrom('*', '"0"', 'W/"x"', '"', 'x'.repeat(500), '"a", "b"'),
      'if-none-match': fc.constantFrom('*', '"0"', '""'),
      accept: fc.constantFrom('*/*', 'image/png'),
      origin: fc.constantFrom('https://evil.example.com', 'null'),
      authorization: fc.constantFrom('Bearer', 'Bearer x.y.z', 'Basic YTpi', 'e30.e30.e30'),
      'x-forge': fc.string({ unit: fc.constantFrom(...'abcdefgh'), maxLength: 6 }),
    },
    { requiredKeys: [] },
  );
  return fc
    .record({ method: fc.constantFrom('GET', 'GET', 'POST', 'POST', 'PATCH', 'DELETE', 'PUT'), path, headers, body })
    .map(({ method, path, headers, body }) =>
      method === 'GET'
        ? { method, path, headers }
        : {
            method,
            path,
            headers: { 'content-type': 'application/json', ...headers, 'content-length': String(body.length) },
            body,
          },
    );
}
