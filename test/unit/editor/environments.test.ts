import assert from 'node:assert/strict';
import { parseBlueprint } from '../../../src/blueprint/parse.ts';
import { profilesInConfig, profilesInCredentials } from '../../../src/editor/credential-profiles.ts';
import { environmentChoices, targetOf } from '../../../src/editor/environments.ts';
import { isLocalAwsHealth, startFailure } from '../../../src/editor/local-aws-messages.ts';
import { starterBlueprint } from '../../../src/editor/starter.ts';
import { statusBarLine } from '../../../src/editor/status-bar-line.ts';
import { project } from './states.ts';

const text =
  'project: { name: Shop }\nenvironments: { dev: {}, prod: { region: us-east-1, account: "999999999999", protected: true } }\n';

describe('environments', () => {
  const { blueprint } = parseBlueprint(text);

  it('are those of the Blueprint in their order, and local last', () => {
    const choices = environmentChoices(blueprint, (name) => (name === 'prod' ? 'company' : undefined));
    assert.deepEqual(
      choices.map(({ name, kind, region, profile }) => [name, kind, region, profile]),
      [
        ['dev', 'aws', 'us-east-2', undefined],
        ['prod', 'aws', 'us-east-1', 'company'],
        ['local', 'local', 'us-east-2', undefined],
      ],
    );
  });

  it('are local alone while there is no sound Blueprint', () => {
    assert.deepEqual(
      environmentChoices(undefined, () => 'x').map(({ name, profile }) => [name, profile]),
      [['local', undefined]],
    );
  });

  it('become targets: local with its endpoint and no profile, an account with its own', () => {
    const [, prod, local] = environmentChoices(blueprint, () => 'company');
    assert.ok(prod && local);
    const endpoint = 'http://127.0.0.1:4577';
    assert.deepEqual(targetOf(local, endpoint), { kind: 'local', environment: 'local', region: 'us-east-2', endpoint });
    assert.deepEqual(targetOf(prod, endpoint), {
      kind: 'aws',
      environment: 'prod',
      region: 'us-east-1',
      protected: true,
      profile: 'company',
      account: '999999999999',
    });
  });
});

describe('the status bar', () => {
  it('shows environment, region and account, production as a warning', () => {
    const state = project({ selected: 'prod' });
    const [dev, prod, local] = state.environments;
    assert.ok(dev && prod && local);
    assert.equal(statusBarLine(state, dev, { kind: 'stopped' }).text, '$(cloud) dev · us-east-2');
    const shown = statusBarLine(state, prod, { kind: 'stopped' });
    assert.equal(shown.text, '$(lock) prod · us-east-1 · 999999999999');
    assert.equal(shown.production, true);
    const here = statusBarLine(state, local, { kind: 'stopped' });
    assert.equal(here.text, '$(vm) local · local AWS is not running');
    assert.equal(here.production, false);
  });
});

describe('profiles of the AWS configuration', () => {
  it('are read from both files as the command line reads them', () => {
    const config =
      '# [profile no]\n[default]\nregion = x\n[profile work]\n[ profile spaced out ]\n[profile "quoted"]\n[sso-session corp]\n[services s]\n';
    assert.deepEqual(profilesInConfig(config), ['default', 'work', 'spaced out', 'quoted']);
    assert.deepEqual(profilesInCredentials('[default]\r\naws_access_key_id = x\r\n[old]\r\n'), ['default', 'old']);
    assert.deepEqual(profilesInConfig(''), []);
  });
});

describe('the local AWS', () => {
  it('is told from whatever else answers on its port', () => {
    assert.ok(isLocalAwsHealth({ product: 'backdrift-local-aws', scale: 1 }));
    for (const answer of [null, 'ok', [], {}, { product: 'localstack' }, { Product: 'backdrift-local-aws' }]) {
      assert.ok(!isLocalAwsHealth(answer), JSON.stringify(answer));
    }
  });

  it('says in one sentence why it did not start, and what to do', () => {
    const busy = startFailure('Error: listen EADDRINUSE: address already in use 127.0.0.1:4577', 4577);
    assert.match(busy.message, /Port 4577 is in use/);
    assert.match(busy.hint, /backdrift\.localAws\.port/);
    assert.deepEqual(startFailure('Port 4577 is taken. Stop what listens there.', 4577), busy);
    assert.match(startFailure('spawn moto_server ENOENT', 1).hint, /pip install/);
    assert.match(startFailure('a\nthe last line\n', 1).message, /the last line/);
    assert.ok(startFailure('', 1).message.length > 0);
  });
});

describe('the Blueprint that is written for a newcomer', () => {
  for (const name of ['Task Manager', 'It’s "quoted": yes', '# not a comment']) {
    it(`is sound for a project called ${name}`, () => {
      const { blueprint, problems } = parseBlueprint(starterBlueprint(name));
      assert.deepEqual(problems, []);
      assert.equal(blueprint?.project.name, name);
      assert.equal(blueprint?.entities[0]?.plural, 'notes');
    });
  }
});
