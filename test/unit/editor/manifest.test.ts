import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { commandIds, contextKeys, settingIds } from '../../../src/editor/command-ids.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const text = readFileSync(path.join(root, 'package.json'), 'utf8');
const when = z.object({ command: z.string(), when: z.string().optional(), enablement: z.string().optional() });
const manifest = z
  .object({
    activationEvents: z.array(z.string()),
    capabilities: z.object({
      untrustedWorkspaces: z.object({ supported: z.literal('limited'), restrictedConfigurations: z.array(z.string()) }),
    }),
    contributes: z.object({
      commands: z.array(when),
      menus: z.record(z.string(), z.array(when)),
      viewsWelcome: z.array(z.object({ when: z.string(), contents: z.string() })),
      configuration: z.object({ properties: z.record(z.string(), z.object({ scope: z.string() })) }),
    }),
  })
  .parse(JSON.parse(text));
const nls = z
  .record(z.string(), z.string())
  .parse(JSON.parse(readFileSync(path.join(root, 'package.nls.json'), 'utf8')));
const { commands, menus, viewsWelcome, configuration } = manifest.contributes;

describe('the manifest', () => {
  it('lists exactly the commands that the code registers', () => {
    assert.deepEqual(commands.map(({ command }) => command).sort(), Object.values(commandIds).sort());
  });

  it('uses only our own commands and those of VS Code in menus and welcomes', () => {
    const known = new Set<string>(Object.values(commandIds));
    const used = Object.values(menus)
      .flat()
      .map(({ command }) => command);
    const linked = Object.values(nls).flatMap((message) =>
      [...message.matchAll(/\(command:([\w.]+)\)/g)].map((found) => found[1] ?? ''),
    );
    for (const command of [...used, ...linked])
      assert.ok(known.has(command) || command.startsWith('workbench.'), command);
  });

  it('lists exactly the settings that the code reads, and no workspace can set one', () => {
    assert.deepEqual(Object.keys(configuration.properties).sort(), Object.values(settingIds).sort());
    for (const [id, { scope }] of Object.entries(configuration.properties)) assert.equal(scope, 'machine', id);
    assert.deepEqual(
      [...manifest.capabilities.untrustedWorkspaces.restrictedConfigurations].sort(),
      Object.values(settingIds).sort(),
    );
  });

  it('asks for context keys that the code sets', () => {
    const known = new Set<string>(Object.values(contextKeys));
    const asked = [...text.matchAll(/"(?:when|enablement)": "([^"]*)"/g)].flatMap((found) =>
      [...(found[1] ?? '').matchAll(/(?<![\w.=] )backdrift\.\w+/g)].map(([key]) => key),
    );
    const views = new Set(['backdrift.infrastructure']);
    assert.ok(asked.length > 10);
    for (const key of asked) assert.ok(known.has(key) || views.has(key), key);
  });

  it('has a welcome for every state that shows one', () => {
    const states = viewsWelcome.map((welcome) => /backdrift\.state == (\w+)/.exec(welcome.when)?.[1]);
    assert.deepEqual(states.sort(), [
      'localNotRunning',
      'noBlueprint',
      'noCredentials',
      'noFolder',
      'nothingDeployed',
      'unreadable',
      'untrusted',
    ]);
  });

  it('hides what needs trust in Restricted Mode', () => {
    for (const command of [commandIds.deploy, commandIds.startLocalAws]) {
      assert.match(commands.find((one) => one.command === command)?.enablement ?? '', /isWorkspaceTrusted/);
      const places = Object.values(menus)
        .flat()
        .filter((one) => one.command === command);
      assert.ok(places.length > 0);
      for (const place of places) assert.match(place.when ?? '', /isWorkspaceTrusted/);
    }
  });

  it('has a text for every placeholder, and no text too many', () => {
    const placeholders = [...text.matchAll(/"%([\w.]+)%"/g)].map((found) => found[1] ?? '');
    assert.deepEqual([...new Set(placeholders)].sort(), Object.keys(nls).sort());
  });

  it('never wakes up without reason', () => {
    for (const event of manifest.activationEvents) assert.match(event, /^(workspaceContains:|onWebviewPanel:)/);
  });
});

describe('Restricted Mode', () => {
  const handlers = readFileSync(path.join(root, 'src/editor/command-handlers.ts'), 'utf8');
  const hidden = (menus.commandPalette ?? [])
    .filter((entry) => entry.when?.includes('isWorkspaceTrusted'))
    .map(({ command }) => command.replace('backdrift.', ''));

  it('hides what acts with credentials or runs programs', () => {
    for (const command of ['deploy', 'startLocalAws', 'refresh', 'viewLogs', 'runJob', 'testHealth', 'viewFrontend'])
      assert.ok(hidden.includes(command), command);
  });

  for (const command of hidden) {
    it(`refuses ${command} in code as well, before anything else`, () => {
      const [, body = ''] = handlers.split(`\n    ${command}: async (`);
      assert.match(body.slice(body.indexOf('{')), /^\{\n\s+if \(await refusedWithoutTrust\(/);
    });
  }
});
