import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import type { Blueprint } from '../../../src/blueprint/blueprint.ts';
import type { Target } from '../../../src/deployment/target.ts';
import { createSession } from '../../../src/editor/live-session.ts';
import type { Agreement, DeployOutcome, Session } from '../../../src/editor/session.ts';
import { temporaryFolder } from '../../builders/temporary-folder.ts';

const text = `project: { name: Shop }
environments: { dev: {} }
functions: [ { name: greet, handler: greet.mjs } ]
`;
const handler = 'export const handler = async () => 1;\n';
/** Nobody listens there: what gets this far would have gone on. */
const local: Target = { kind: 'local', environment: 'local', region: 'us-east-2', endpoint: 'http://127.0.0.1:9' };

describe('what is deployed from the editor', () => {
  const folder = temporaryFolder({ 'backdrift.yaml': text, 'dist/runtime/index.mjs': 'export {};' });
  const place = { file: path.join(folder.path, 'backdrift.yaml'), directory: folder.path };
  const kept: Record<string, string | undefined> = {};
  const setVariable = (name: string, value: string) => {
    kept[name] = process.env[name];
    process.env[name] = value;
  };
  let session: Session;
  let blueprint: Blueprint;

  before(() => setVariable('BACKDRIFT_CACHE', path.join(folder.path, 'no-baselines')));
  beforeEach(() => {
    writeFileSync(path.join(folder.path, 'greet.mjs'), handler);
    const quiet = () => {};
    const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
    session = createSession({ installation: folder.path, log, trusted: () => true, mfaCode: async () => '' });
    const parsed = session.parse(text, place).blueprint;
    assert.ok(parsed);
    blueprint = parsed;
  });
  after(() => {
    folder.remove();
    for (const [name, value] of Object.entries(kept)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  async function agreement(target: Target, change: Partial<Agreement> = {}): Promise<Agreement> {
    const { fingerprint } = await session.preview({ place, blueprint, problems: [], target });
    return { fingerprint: fingerprint(), account: '111111111111', ...change };
  }

  async function codeOf(target: Target, agreed: Agreement): Promise<string> {
    const request = { place, agreed, text, blueprint, target, signal: new AbortController().signal };
    const outcome: DeployOutcome = await session.deploy(request, () => {});
    assert.ok(outcome.kind === 'obstacle', JSON.stringify(outcome));
    return outcome.obstacle.code;
  }

  it('is what was previewed', async () => {
    assert.equal(await codeOf(local, await agreement(local)), 'local-aws-not-running');
  });

  it('is nothing when a function was edited while the question was open', async () => {
    const agreed = await agreement(local);
    writeFileSync(path.join(folder.path, 'greet.mjs'), `${handler}// another one\n`);
    assert.equal(await codeOf(local, agreed), 'changed-since-preview');
  });

  it('is nothing when the Blueprint is another one', async () => {
    const agreed = await agreement(local);
    const other = session.parse(text.replace('name: greet,', 'name: greet, memory: 512,'), place).blueprint;
    assert.ok(other);
    blueprint = other;
    assert.equal(await codeOf(local, agreed), 'changed-since-preview');
  });

  describe('to an account', () => {
    const asked: string[] = [];
    const sts = createServer((request, response) => {
      request.resume();
      asked.push(request.headers['user-agent'] ?? '');
      response.setHeader('content-type', 'text/xml');
      response.end(
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
          '<Arn>arn:aws:iam::222222222222:user/other</Arn><UserId>U</UserId><Account>222222222222</Account>' +
          '</GetCallerIdentityResult></GetCallerIdentityResponse>',
      );
    });
    let endpoint = '';
    const dev: Target = { kind: 'aws', environment: 'dev', region: 'us-east-2', protected: false };

    before(async () => {
      await new Promise<void>((resolve) => sts.listen(0, '127.0.0.1', resolve));
      const address = sts.address();
      assert.ok(address !== null && typeof address === 'object');
      endpoint = `http://127.0.0.1:${address.port}`;
      setVariable('AWS_ENDPOINT_URL', endpoint);
      setVariable('AWS_ACCESS_KEY_ID', 'test');
      setVariable('AWS_SECRET_ACCESS_KEY', 'test');
    });
    beforeEach(() => asked.splice(0));
    after(() => sts.close());

    it('is nothing when the credentials have become those of another account', async () => {
      assert.equal(await codeOf(dev, await agreement(dev, { endpoint })), 'other-account');
      assert.equal(asked.length, 1, 'only who it is was asked');
    });

    it('is nothing when calls go elsewhere than the question said', async () => {
      assert.equal(await codeOf(dev, await agreement(dev, { account: '222222222222' })), 'other-endpoint');
      assert.equal(asked.length, 1, 'only who it is was asked');
    });
  });
});
