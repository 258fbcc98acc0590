import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { root } from '../../scripts/build-options.mjs';

/** What `npm start` starts, where it says that it is. */
const places = { page: /: (http:\/\/\S+\/\?folder=\S+)/, localAws: /Local AWS: (http:\/\/\S+)/ };

describe('npm start', function () {
  this.timeout(120_000);

  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));

  it('serves the example beside a local AWS, and stops both when it is told to', async () => {
    const options = ['--browser', '--no-open', '--no-build', '--scale', '0'];
    const started = spawn(process.execPath, [path.join(root, 'scripts/start.mjs'), ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = started;
    const ended = new Promise((resolve) => started.once('exit', resolve));
    const said = await until(started, /Ctrl-C stops everything/);
    const page = places.page.exec(said)?.[1] ?? '';
    const localAws = `${places.localAws.exec(said)?.[1]}/_local/health`;
    assert.match(await (await fetch(page)).text(), /workbench/);
    assert.equal((await fetch(localAws)).status, 200);

    started.kill('SIGINT');
    assert.equal(await ended, 130);
    await assert.rejects(fetch(page));
    await assert.rejects(fetch(localAws));
  });

  it('says what is wrong with a folder that is not there', async () => {
    const started = spawn(process.execPath, [path.join(root, 'scripts/start.mjs'), '--folder', 'nowhere'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child = started;
    let said = '';
    started.stderr.on('data', (text) => {
      said += text;
    });
    assert.equal(await new Promise((resolve) => started.once('close', resolve)), 1);
    assert.match(said, /nowhere is not there/);
  });
});

/** Everything that a program says until it says this. */
function until(program: ChildProcess, text: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    program.stdout?.on('data', (chunk) => {
      said += chunk;
      if (text.test(said)) resolve(said);
    });
    program.once('exit', (code) => reject(new Error(`it ended with ${code}:\n${said}`)));
  });
}
