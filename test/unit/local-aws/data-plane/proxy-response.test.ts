import assert from 'node:assert/strict';
import fc from 'fast-check';
import { proxyAnswer } from '../../../../local-aws/data-plane/proxy-response.ts';

const answer = (result: unknown, accept?: string, binaryMediaTypes: string[] = []) =>
  proxyAnswer(JSON.stringify(result), { accept, binaryMediaTypes });

describe("a function's result", () => {
  it('may be nothing but an object', () => {
    assert.deepEqual(answer({}), {
      status: 200,
      headers: [['Content-Type', 'application/json']],
      body: Buffer.alloc(0),
    });
    assert.equal(answer({ statusCode: '404' })?.status, 404);
  });

  it('is malformed with anything that is not known', () => {
    for (const result of [
      null,
      'text',
      1,
      [],
      { statusCode: 'ok' },
      { statusCode: 99 },
      { statusCode: 600 },
      { statusCode: 200.5 },
      { body: {} },
      { status: 200 },
      { headers: [] },
      { headers: { a: {} } },
      { multiValueHeaders: { a: 'x' } },
      { isBase64Encoded: 'true' },
    ])
      assert.equal(answer(result), undefined, JSON.stringify(result));
    assert.equal(proxyAnswer('{', { accept: undefined, binaryMediaTypes: [] }), undefined);
  });

  it('is malformed with a header that would break the response apart', () => {
    assert.equal(answer({ headers: { 'X-A': 'a\r\nSet-Cookie: b' } }), undefined);
    assert.equal(answer({ headers: { 'X A': 'a' } }), undefined);
    assert.equal(answer({ headers: { '': 'a' } }), undefined);
  });

  it('prefers the list of values, and leaves the length to the server', () => {
    assert.deepEqual(
      answer({
        headers: { 'set-cookie': 'x', 'Content-Length': 5, 'Content-Type': 'text/html' },
        multiValueHeaders: { 'Set-Cookie': ['a', 'b'] },
      })?.headers,
      [
        ['Set-Cookie', 'a'],
        ['Set-Cookie', 'b'],
        ['Content-Type', 'text/html'],
      ],
    );
  });

  it('becomes bytes only where API and client want them', () => {
    const image = { body: 'iVBORw==', isBase64Encoded: true };
    assert.equal(answer(image, 'image/png', ['image/png'])?.body.toString('hex'), '89504e47');
    assert.equal(answer(image, undefined, ['*/*'])?.body.toString('hex'), '89504e47');
    assert.equal(answer(image, 'text/html, image/png', ['image/png'])?.body.toString(), 'iVBORw==');
    assert.equal(answer(image, 'image/png')?.body.toString(), 'iVBORw==');
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (result, text) => {
        answer(result);
        proxyAnswer(text, { accept: text, binaryMediaTypes: [text] });
      }),
    );
  });
});
