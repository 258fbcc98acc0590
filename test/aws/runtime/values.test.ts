import assert from 'node:assert/strict';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { type Moto, motoFor } from '../support/moto.ts';
import { type DeployedBackend, deploy } from './backend.ts';

const blueprint = `
entities:
  - name: thing
    fields:
      - { name: text }
      - { name: named, required: true, default: someone }
      - { name: short, min_length: 2, max_length: 3 }
      - { name: code, pattern: "[A-Z]|x\\\\d" }
      - { name: whole, type: integer }
      - { name: number, type: number }
      - { name: yes, type: boolean }
      - { name: day, type: date }
      - { name: moment, type: datetime }
      - { name: choice, type: enum, enum: [a, b] }
      - { name: free, type: json }
      - { name: indexed }
      - { name: parent_id, references: thing }
    indexes: [{ name: by_indexed, partition: indexed }, { name: by_text, partition: choice, sort: text }]
api:
  resources: [{ entity: thing, auth: public }]
`;

describe('values', () => {
  let moto: Moto | undefined;
  let backend: DeployedBackend;
  before(async function () {
    moto = await motoFor(this);
    backend = await deploy(moto.endpoint, blueprint);
  });
  after(async () => {
    backend?.stop();
    await moto?.stop();
  });

  const post = (text: string, headers: Record<string, string> = {}) =>
    backend.ask('thing', 'create', { text, headers });

  /** Sends JSON as it is written here: what a program would make of it first must not be in between. */
  async function takes(field: string, json: string, shown: unknown = JSON.parse(json)): Promise<string> {
    const answer = await post(`{"${field}": ${json}}`);
    assert.equal(answer.status, 201, `${field}: ${json} ${JSON.stringify(answer.body.errors)}`);
    assert.deepEqual(answer.body[field], shown);
    const id = String(answer.body.id);
    assert.deepEqual((await backend.ask('thing', 'get', { id })).body, answer.body);
    const updated = await backend.ask('thing', 'update', { id, text: `{"${field}": ${json}}` });
    assert.deepEqual([updated.status, updated.body[field]], [200, shown]);
    return id;
  }

  let existing: string | undefined;
  async function refuses(field: string, json: string, message: RegExp): Promise<void> {
    existing ??= String((await post('{}')).body.id);
    for (const operation of ['create', 'update'] as const) {
      const answer = await backend.ask('thing', operation, { id: existing, text: `{"${field}": ${json}}` });
      assert.equal(answer.status, 400, `${operation} ${field}: ${json}`);
      const errors: unknown = answer.body.errors;
      assert.ok(Array.isArray(errors) && errors.length === 1, JSON.stringify(answer.body));
      assert.equal(errors[0].field, field);
      assert.match(String(errors[0].message), message);
    }
  }

  it('of dates are days of the calendar', async () => {
    for (const day of ['2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31', '0400-02-29'])
      await takes('day', JSON.stringify(day));
    const none = ['2023-02-29', '1900-02-29', '2026-04-31', '2026-00-10', '2026-13-01', '2026-1-1', '20260101', ''];
    none.push('2026-01-01T00:00:00Z', ' 2026-01-01', '2026-01-01\\n', '+002026-01-01', '２０２６-01-01');
    for (const day of none) await refuses('day', `"${day}"`, /must be a day such as/);
    for (const value of ['20260101', 'true', '["2026-01-01"]', '{}']) await refuses('day', value, /must be a day/);
  });

  it('of datetimes are moments in UTC, to the millisecond', async () => {
    for (const [text, moment] of [
      ['2026-03-31T10:30:00+02:00', '2026-03-31T08:30:00.000Z'],
      ['2024-02-29T23:59:59.9999999Z', '2024-02-29T23:59:59.999Z'],
      ['2024-03-01T00:00:00+14:00', '2024-02-29T10:00:00.000Z'],
      ['1999-12-31T23:30:00-00:30', '2000-01-01T00:00:00.000Z'],
      ['0001-01-01t00:00:00z', '0001-01-01T00:00:00.000Z'],
      ['1970-01-01 00:00:00.5Z', '1970-01-01T00:00:00.500Z'],
    ] as const)
      await takes('moment', `"${text}"`, moment);
    const none = ['2016-12-31T23:59:60Z', '2026-01-01T24:00:00Z', '2026-02-30T00:00:00Z', '2026-01-01T00:00:00'];
    none.push('2026-01-01T00:00Z', '2026-01-01', '0000-01-01T00:00:00+01:00', '9999-12-31T23:59:59-00:01', 'now', '');
    none.push('2026-01-01T00:00:00+24:00', '2026-01-01T00:00:00+0200', '2026-01-01T00:00:00.Z', '2026-W01-1T00:00:00Z');
    for (const text of none) await refuses('moment', `"${text}"`, /must be a date and time such as/);
    await refuses('moment', '1767225600000', /must be a date and time/);
  });

  it('of integers are those that JavaScript counts', async () => {
    for (const json of ['0', '1', '-1', '9007199254740991', '-9007199254740991', '1.0', '1e3', '10E-1', '-0', '-0.0'])
      await takes('whole', json, Number(json) + 0);
    for (const json of ['9007199254740992', '-9007199254740992', '9007199254740993', '1e400', '-1e400', '1e21'])
      await refuses('whole', json, /must lie between -9007199254740991 and 9007199254740991/);
    for (const json of ['1.5', '"1"', 'true', '[1]', '{}', '1e-3'])
      await refuses('whole', json, /must be a whole number/);
  });

  it('of numbers are those that DynamoDB holds', async () => {
    for (const json of ['0.1', '-2.5e-10', '1e-130', '123456789.123456', '9007199254740991', '0.1234567890123456'])
      await takes('number', json);
    await takes('number', '-0.0', 0);
    for (const json of ['9007199254740992', '1e126', '1e400', '-1e30'])
      await refuses('number', json, /must lie between/);
    for (const json of ['1e-131', '5e-324', '-1e-200']) await refuses('number', json, /must be 0 or at least 1e-130/);
    for (const json of ['"1"', 'false', '[]']) await refuses('number', json, /must be a number/);
  });

  it('of texts are any Unicode, counted in characters and left as they are', async () => {
    await takes('text', '"e\\u0301 \\u00e9 \\u0000 \\ufeff \\ud83d\\ude00"');
    await takes('short', '"😀😀😀"');
    await takes('short', '"\\ud83d\\ude00x"');
    await refuses('short', '"😀"', /at least 2 characters/);
    // One sign on the screen, three characters of Unicode.
    await takes('short', '"👨‍👩"');
    await refuses('short', '"abcd"', /at most 3 characters/);
    await refuses('short', '""', /at least 2 characters/);
    for (const json of ['"\\ud83d"', '"\\ude00\\ud83d"', '"a\\udfff"']) {
      await refuses('text', json, /well-formed Unicode/);
      await refuses('free', `{"a": [${json}]}`, /well-formed Unicode/);
      await refuses('free', `{${json}: 1}`, /well-formed Unicode/);
    }
    for (const json of ['1', 'true', '["a"]', '{"a":1}']) await refuses('text', json, /must be text/);
  });

  it('match a pattern as a whole', async () => {
    for (const code of ['A', 'x1']) await takes('code', `"${code}"`);
    for (const code of ['AB', 'A\\n', '\\nA', 'x', 'x12', 'Ax1', '', ' A'])
      await refuses('code', `"${code}"`, /must match/);
  });

  it('are taken literally: no text is a boolean, no case is folded', async () => {
    await takes('yes', 'true');
    await takes('yes', 'false');
    for (const json of ['"true"', '0', '1', '[]', '""']) await refuses('yes', json, /must be true or false/);
    await takes('choice', '"a"');
    for (const json of ['"A"', '"a "', '""', '0', '["a"]', '"c"']) await refuses('choice', json, /must be one of a, b/);
  });

  it('may be empty, but not in a key', async () => {
    await takes('named', '""');
    await refuses('indexed', '""', /must not be empty/);
    await refuses('text', '""', /must not be empty/);
    await takes('indexed', JSON.stringify('x'.repeat(2048)));
    await refuses('indexed', JSON.stringify('x'.repeat(2049)), /at most 2048 bytes/);
    await refuses('indexed', JSON.stringify('ü'.repeat(1025)), /at most 2048 bytes/);
    await takes('text', JSON.stringify('x'.repeat(1024)));
    await refuses('text', JSON.stringify('x'.repeat(1025)), /at most 1024 bytes/);
    await refuses('parent_id', '""', /must not be empty/);
  });

  it('that are null are absent; a default stands for what is not said', async () => {
    const made = await post('{"text": null, "free": null}');
    assert.deepEqual([made.status, made.body.text, made.body.free, made.body.named], [201, null, null, 'someone']);
    const [stored] = (await backend.items('thing')).filter((item) => item.id === made.body.id);
    assert.ok(stored && !('text' in stored) && !('free' in stored));
    assert.equal((await post('{"named": null}')).status, 400);
    const id = String(made.body.id);
    await backend.ask('thing', 'update', { id, text: '{"free": {"a": null}}' });
    assert.deepEqual((await backend.ask('thing', 'get', { id })).body.free, { a: null });
    const cleared = await backend.ask('thing', 'update', { id, text: '{"free": null}' });
    assert.deepEqual([cleared.body.free, cleared.body.named], [null, 'someone']);
    assert.equal((await backend.ask('thing', 'update', { id, text: '{"named": null}' })).status, 400);
  });

  it('of json nest thirty deep, with any key but two', async () => {
    const nested = (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}`;
    await takes('free', nested(30));
    await refuses('free', nested(31), /deeper than 30/);
    await refuses('free', `${'{"a":'.repeat(31)}1${'}'.repeat(31)}`, /deeper than 30/);
    assert.equal((await post(`{"free": ${'['.repeat(200_000)}`)).status, 400);
    await refuses('free', nested(200_000), /deeper than 30/);
    await takes('free', '{"constructor": {"name": "Set"}, "prototype": 1, "toString": [], "wrapperName": "Set"}');
    await refuses('free', '{"__proto__": {"admin": true}}', /__proto__/);
    await refuses('free', '{"a": [{"": 1}]}', /empty key/);
    await refuses('free', '[9007199254740993]', /must lie between/);
    await refuses('free', '{"a": 1e400}', /must lie between/);
    await takes('free', '[-0.0, 1.0, "", false, null, {}, []]', [0, 1, '', false, null, {}, []]);
  });

  it('are named by fields of the entity, once: of a key that stands twice the last one counts', async () => {
    for (const name of ['__proto__', 'constructor', 'toString', '_revision', '_list', '_ttl', 'nope', '', 'Text']) {
      const answer = await post(`{"${name}": "x"}`);
      assert.deepEqual([answer.status, JSON.stringify(answer.body.errors).includes('is not a field')], [400, true]);
    }
    const twice = await post('{"text": 5, "text": "b", "free": {"k": 1, "k": 2}}');
    assert.deepEqual([twice.status, twice.body.text, twice.body.free], [201, 'b', { k: 2 }]);
  });

  describe('in bodies', () => {
    it('that are no JSON in UTF-8 are refused', async () => {
      for (const [text, headers, status] of [
        ['{"text":"a"}', { 'content-type': 'text/plain' }, 415],
        ['{"text":"a"}', { 'Content-Type': 'application/x-www-form-urlencoded' }, 415],
        ['{"text":"a"}', { 'content-type': 'application/json; charset=iso-8859-1' }, 415],
        ['{"text":"a"}', { 'content-type': '' }, 415],
        ['{"text":"a"}', { 'content-type': 'application/jsonp' }, 415],
        ['{"text":"a"}', { 'content-type': 'Application/JSON; Charset="UTF-8"' }, 201],
        ['{"text":"a"}', { 'content-type': 'application/merge-patch+json' }, 201],
        ['{"text":"a"}', {}, 201],
        ['\ufeff{"text":"a"}', {}, 201],
        ['\ufeff\ufeff{"text":"a"}', {}, 400],
        ['{"text":"a"}}', {}, 400],
        ["{'text':'a'}", {}, 400],
        ['{"text":NaN}', {}, 400],
        ['{"text":"a",}', {}, 400],
        ['{"text":"\t"}', {}, 400],
        ['[{"text":"a"}]', {}, 400],
        ['null', {}, 400],
        [' ', {}, 400],
      ] as const)
        assert.equal((await post(text, headers)).status, status, JSON.stringify([text, headers]));
    });

    it('may come in base64, and are UTF-8 there too', async () => {
      const bytes = (...parts: (string | number)[]) =>
        Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))));
      for (const [body, status] of [
        [bytes('{"text":"ü"}'), 201],
        [bytes('\ufeff{"text":"ü"}'), 201],
        [bytes('{"text":"', 0xff, '"}'), 400],
        [bytes('{"text":"', 0xc3, '"}'), 400],
        [bytes('{"text":"', 0xed, 0xa0, 0x80, '"}'), 400],
        [Buffer.from('{"text":"ü"}', 'utf16le'), 400],
      ] as const) {
        const answer = await backend.ask('thing', 'create', { base64: body.toString('base64') });
        assert.equal(answer.status, status, body.toString('latin1'));
        if (status === 201) assert.equal(answer.body.text, 'ü');
      }
    });

    it('that are too large for a row are a 413, in a create and in an update of a large row', async () => {
      const id = String((await post(JSON.stringify({ free: 'x'.repeat(350_000) }))).body.id);
      for (const size of [60_000, 405_000, 600_000, 5_000_000]) {
        const text = JSON.stringify({ named: 'y'.repeat(size) });
        assert.equal((await backend.ask('thing', 'update', { id, text })).status, 413, String(size));
        if (size > 60_000) assert.equal((await post(JSON.stringify({ free: 'x'.repeat(size + 5000) }))).status, 413);
      }
      const withReference = JSON.stringify({ named: 'y'.repeat(60_000), parent_id: id });
      assert.equal((await backend.ask('thing', 'update', { id, text: withReference })).status, 413);
      assert.equal((await backend.ask('thing', 'get', { id })).status, 200);
      // Escapes take more bytes in the body than in the row.
      assert.equal((await post(`{"free": "${'\\u0041'.repeat(150_000)}"}`)).status, 201);
    });
  });

  it('that a user’s function wrote oddly are shown, never a 500', async () => {
    const table = backend.table('thing');
    const odd = {
      text: { N: '12' },
      named: { NULL: true },
      short: { L: [{ S: 'long' }, { M: { ['__proto__']: { S: 'x' }, b: { BS: [Buffer.from('b')] } } }] },
      whole: { N: '9007199254740993' },
      number: { N: '1.5E+100' },
      yes: { S: 'maybe' },
      day: { SS: ['b', 'a'] },
      moment: { B: Buffer.from('bytes') },
      choice: { S: 'z' },
      free: { M: { big: { N: '-123456789012345678901234567890' }, set: { NS: ['1', '9007199254740993'] } } },
      code: { N: '0.12345678901234567890123456789012345678' },
      updated_at: { N: '5' },
      _revision: { N: '7' },
      _other: { S: 'hidden' },
    };
    const { text: _, choice: __, ...indexable } = odd;
    await backend.documents.send(new PutItemCommand({ TableName: table, Item: { id: { S: 'odd' }, ...indexable } }));
    const answer = await backend.ask('thing', 'get', { id: 'odd' });
    assert.equal(answer.status, 200, JSON.stringify(backend.log.at(-2)));
    assert.equal(answer.body.whole, '9007199254740993');
    assert.deepEqual(answer.body.free, { big: '-123456789012345678901234567890', set: [1, '9007199254740993'] });
    assert.deepEqual(answer.body.day, ['b', 'a']);
    assert.equal(answer.body.moment, Buffer.from('bytes').toString('base64'));
    assert.equal(answer.body.named, null);
    assert.ok(!('_other' in answer.body) && !('_revision' in answer.body));
    assert.equal(answer.headers.etag, '"0"');
    assert.equal((await backend.ask('thing', 'update', { id: 'odd', body: { yes: true } })).status, 200);
    assert.equal((await backend.ask('thing', 'delete', { id: 'odd' })).status, 204);
  });

  it('of any kind never make a 500', async function () {
    this.timeout(60_000);
    const names = ['text', 'whole', 'number', 'day', 'moment', 'choice', 'free', 'indexed', 'parent_id', 'code', 'id'];
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.string({ unit: 'binary' }),
      fc.double(),
      fc.maxSafeInteger(),
      fc.bigInt().map(String),
      fc.constantFrom('2026-01-01', '2026-01-01T00:00:00Z', '_backdrift#x', '__proto__', -0, 1e-131),
    );
    const bodies = fc.dictionary(fc.constantFrom(...names), value).map((body) => JSON.stringify(body));
    await fc.assert(
      fc.asyncProperty(bodies, fc.constantFrom('create', 'update' as const), async (text, operation) => {
        existing ??= String((await post('{}')).body.id);
        const answer = await backend.ask('thing', operation, { id: existing, text });
        assert.ok(answer.status < 500, `${operation} ${text} ${JSON.stringify(backend.log.at(-2))}`);
        if (answer.status >= 300) return;
        const read = await backend.ask('thing', 'get', { id: String(answer.body.id) });
        assert.deepEqual(read.body, answer.body);
      }),
      { numRuns: 400 },
    );
  });
});
