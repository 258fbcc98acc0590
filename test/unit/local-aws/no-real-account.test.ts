import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort, startProcess } from '../../../local-aws/moto-process.ts';
import { withoutRealAccount } from '../../../local-aws/no-real-account.ts';

const real = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'real-secret',
  AWS_SESSION_TOKEN: 'real-token',
  AWS_PROFILE: 'real-profile',
  AWS_CONFIG_FILE: '/real/config',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://real/',
  NODE_OPTIONS: '--no-deprecation',
};

describe('a process of the local AWS', () => {
  it('knows no real account', () => {
    const environment = withoutRealAccount({ ...real, PATH: '/bin' });
    assert.ok(!JSON.stringify(environment).includes('real'), JSON.stringify(environment));
    assert.ok(!JSON.stringify(environment).includes('AKIA'));
    assert.equal(environment.PATH, '/bin');
    assert.equal(environment.AWS_PROFILE, undefined);
  });

  it('is moto, too', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'backdrift-environment-'));
    const program = path.join(folder, 'moto.mjs');
    const told = path.join(folder, 'told.json');
    await writeFile(
      program,
      `import { createServer } from 'node:http';
       import { writeFileSync } from 'node:fs';
       writeFileSync(process.argv[3], JSON.stringify(process.env));
       createServer((_, response) => response.end('{}')).listen(Number(process.argv[2]), '127.0.0.1');`,
    );
    const port = await freePort();
    const environment = { ...process.env, ...real };
    const moto = await startProcess(process.execPath, [program, String(port), told], port, 15, environment);
    await moto.stop();
    const seen = await readFile(told, 'utf8');
    await rm(folder, { recursive: true });
    assert.ok(!/real-|AKIA|\/real\//.test(seen), seen);
  });
});
