import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { refusal } from '../../../../local-aws/browser-guard.ts';
import { withOverrides, withoutCors } from '../../../../local-aws/s3/browser-answer.ts';
import { allowed, type CorsRule, matchingRule } from '../../../../local-aws/s3/cors-rules.ts';

const rule = (change: Partial<CorsRule> = {}): CorsRule => ({
  origins: ['https://*.example.com'],
  methods: ['GET', 'POST'],
  headers: ['*'],
  exposed: [],
  ...change,
});

describe('the CORS rules of a bucket', () => {
  const matches = (of: CorsRule, origin: string, method = 'GET', headers: string[] = []) =>
    matchingRule([of], { origin, method, headers }) !== undefined;

  it('hold for an origin as it stands, or with one star in it', () => {
    assert.ok(matches(rule(), 'https://a.example.com'));
    assert.ok(matches(rule({ origins: ['*'] }), 'http://localhost:1'));
    for (const origin of [
      'https://example.com',
      'http://a.example.com',
      'https://a.example.com.evil',
      'https://a.EXAMPLE.com',
      'null',
    ])
      assert.ok(!matches(rule(), origin), origin);
    // The two ends of a pattern do not share a character.
    assert.ok(!matches(rule({ origins: ['ab*ba'] }), 'aba'));
  });

  it('hold for methods and, before a request, for its headers', () => {
    assert.ok(!matches(rule(), 'https://a.example.com', 'DELETE'));
    const strict = rule({ headers: ['Content-Type', 'x-amz-*'] });
    assert.ok(matches(strict, 'https://a.example.com', 'POST', ['content-type', 'X-Amz-Meta-A']));
    assert.ok(!matches(strict, 'https://a.example.com', 'POST', ['authorization']));
    assert.ok(!matches(rule({ headers: [] }), 'https://a.example.com', 'POST', ['content-type']));
  });

  it('the first that allows it all says what the page is told', () => {
    const rules = [rule({ methods: ['GET'], maxAge: 1 }), rule({ maxAge: 2, exposed: ['ETag'] })];
    const asked = { origin: 'https://a.example.com', method: 'POST', headers: ['content-type'] };
    const found = matchingRule(rules, asked);
    assert.ok(found);
    const { vary, ...told } = allowed(found, asked);
    assert.deepEqual(told, {
      'access-control-allow-origin': 'https://a.example.com',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'content-type',
      'access-control-expose-headers': 'ETag',
      'access-control-max-age': '2',
      'access-control-allow-credentials': 'true',
    });
    assert.match(vary ?? '', /Origin/);
    const everyone = allowed(rule({ origins: ['*'] }), { origin: 'https://x.example', headers: [] });
    assert.equal(everyone['access-control-allow-origin'], '*');
    assert.equal(everyone['access-control-allow-credentials'], undefined);
  });
});

describe('an answer of S3', () => {
  function request(method: string, url: string): IncomingMessage {
    return Object.assign(new IncomingMessage(new Socket()), { method, url });
  }
  const raw = ['Content-Type', 'text/html', 'ETag', '"1"'];

  it('has the headers that its address asks for, when it is the object', () => {
    const asked = request(
      'GET',
      '/b/k?response-content-type=text%2Fplain&response-content-disposition=attachment&response-x=1',
    );
    assert.deepEqual(withOverrides(asked, 200, raw), [
      'ETag',
      '"1"',
      'content-type',
      'text/plain',
      'content-disposition',
      'attachment',
    ]);
    assert.deepEqual(withOverrides(asked, 403, raw), raw);
    assert.deepEqual(withOverrides(request('PUT', asked.url ?? ''), 200, raw), raw);
    assert.deepEqual(withOverrides(request('GET', '/b/k?response-content-type=a%0d%0ax:y'), 200, raw), raw);
  });

  it('says nothing of pages where the bucket’s own rules do', () => {
    const open = ['Access-Control-Allow-Origin', '*', 'ETag', '"1"', 'Vary', 'Origin'];
    assert.deepEqual(withoutCors(open), ['ETag', '"1"']);
  });
});

describe('the guard against pages', () => {
  const ask = (method: string, headers: Record<string, string>) =>
    refusal({
      headers: { host: '127.0.0.1:4577', 'sec-fetch-site': 'cross-site', ...headers },
      method,
      url: '/bucket/key',
    });

  it('lets pages of this machine send and read files, on whatever host they are', () => {
    const site = 'http://main.d123.localhost:4577';
    assert.equal(ask('POST', { origin: site }), undefined);
    assert.equal(ask('GET', { origin: site }), undefined);
    assert.equal(ask('GET', { referer: `${site}/list` }), undefined);
  });

  it('and no other', () => {
    for (const method of ['GET', 'POST']) {
      assert.match(ask(method, { origin: 'https://evil.example' }) ?? '', /another site/);
      assert.match(ask(method, { origin: 'null', referer: 'http://localhost/' }) ?? '', /another site/);
      assert.match(ask(method, { referer: 'https://evil.example/?http://localhost' }) ?? '', /another site/);
      assert.match(ask(method, {}) ?? '', /another site/);
    }
    assert.match(
      ask('POST', { referer: 'http://localhost/' }) ?? '',
      /another site/,
      'every page that posts has an origin',
    );
  });
});
