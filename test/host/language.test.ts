import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, eventually, openBlueprint } from './workbench.ts';

describe('help while a Blueprint is written', () => {
  let blueprint: Awaited<ReturnType<typeof openBlueprint>>;
  before(async () => {
    await activated();
    blueprint = await openBlueprint();
  });
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('completes values of the language', async () => {
    const { document } = blueprint;
    const at = document.getText().indexOf('type: string') + 'type: '.length;
    const labels = await eventually('completions', async () => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        document.positionAt(at),
      );
      const found = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
      return found.includes('datetime') ? found : undefined;
    });
    for (const type of ['string', 'integer', 'boolean', 'enum', 'json']) assert.ok(labels.includes(type), type);
  });

  it('explains the key under the pointer', async () => {
    const { document } = blueprint;
    const at = document.positionAt(document.getText().indexOf('owner_field') + 2);
    const text = await eventually('a hover', async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        at,
      );
      const all = hovers.flatMap(({ contents }) =>
        contents.map((part) => (typeof part === 'string' ? part : part.value)),
      );
      return all.length > 0 && all.join('\n');
    });
    assert.match(text, /owner/);
  });
});
