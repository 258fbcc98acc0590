import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('the extension in VS Code', () => {
  it('runs in the version that was asked for', () => {
    assert.equal(vscode.version, process.env.EXPECTED_VSCODE_VERSION ?? vscode.version);
  });

  it('wakes up where a Blueprint lies', async () => {
    const extension = vscode.extensions.getExtension('backdrift.backdrift');
    assert.ok(extension);
    await extension.activate();
    assert.ok(extension.isActive);
  });

  it('registers every command that it contributes', async () => {
    const manifest: unknown = vscode.extensions.getExtension('backdrift.backdrift')?.packageJSON;
    const contributed = [...JSON.stringify(manifest).matchAll(/"command":"(backdrift\.[\w.]+)"/g)].flatMap(
      ([, id]) => id ?? [],
    );
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.ok(contributed.length > 0);
    assert.deepEqual(
      [...new Set(contributed)].filter((id) => !registered.has(id)),
      [],
    );
  });
});
