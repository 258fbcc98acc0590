import assert from 'node:assert/strict';
import { readVsix, text, type Vsix } from './vsix.ts';

describe('the manifest', () => {
  let vsix: Vsix;
  before(() => {
    vsix = readVsix();
  });

  it('names files that are in the package', () => {
    const { main, icon, bin, contributes } = vsix.manifest;
    const named = [
      main,
      icon,
      ...Object.values(bin),
      ...Object.values(contributes.viewsContainers).flatMap((containers) => containers.map(({ icon }) => icon)),
      ...[...contributes.jsonValidation, ...contributes.yamlValidation].map(({ url }) => url),
    ];
    assert.deepEqual(
      named.filter((file) => !vsix.files.has(file.replace(/^\.\//, ''))),
      [],
    );
  });

  it('has a text for every key, and a use for every text', () => {
    const used = new Set(
      [...text(vsix.files, 'package.json').matchAll(/"%([^%"]+)%"/g)].flatMap(([, key]) => key ?? []),
    );
    assert.deepEqual([...used].sort(), Object.keys(vsix.texts).sort());
  });

  it('puts only commands in menus and welcome texts that it contributes', () => {
    const { commands, menus, viewsWelcome } = vsix.manifest.contributes;
    const ids = new Set(commands.map(({ command }) => command));
    const inMenus = Object.values(menus).flatMap((entries) => entries.map(({ command }) => command));
    const linked = viewsWelcome.flatMap(({ contents }) =>
      [...(vsix.texts[contents.slice(1, -1)] ?? '').matchAll(/\(command:(backdrift\.[\w.]+)/g)].flatMap(
        ([, id]) => id ?? [],
      ),
    );
    assert.ok(linked.length > 0);
    assert.deepEqual(
      [...inMenus, ...linked].filter((id) => !ids.has(id)),
      [],
    );
  });

  it('contributes only commands that the code knows', () => {
    const code = [...vsix.files.keys()]
      .filter((name) => name === 'dist/extension.js' || name.startsWith('dist/chunks/'))
      .map((name) => text(vsix.files, name))
      .join('\n');
    const ids = vsix.manifest.contributes.commands.map(({ command }) => command);
    assert.ok(ids.length >= 8);
    assert.deepEqual(
      ids.filter((id) => !code.includes(id)),
      [],
    );
  });

  it('shows welcome texts in views that it contributes', () => {
    const { views, viewsWelcome } = vsix.manifest.contributes;
    const ids = new Set(Object.values(views).flatMap((entries) => entries.map(({ id }) => id)));
    assert.deepEqual(
      viewsWelcome.filter(({ view }) => !ids.has(view)),
      [],
    );
  });

  it('lets no workspace say where AWS is', () => {
    for (const [id, { scope }] of Object.entries(vsix.manifest.contributes.configuration.properties)) {
      if (/endpoint|profile|port/i.test(id)) assert.match(scope, /^(machine|application)$/, id);
    }
  });

  it('wakes up for Blueprints only', () => {
    const { activationEvents, engines } = vsix.manifest;
    assert.equal(engines.vscode, '^1.100.0');
    assert.ok(activationEvents.some((event) => event.startsWith('workspaceContains:')));
    assert.deepEqual(
      activationEvents.filter((event) => event === '*' || event === 'onStartupFinished'),
      [],
    );
  });
});
