import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { activated, eventually, folder, openBlueprint, ourDiagnostics, replace, replaceAll } from './workbench.ts';

const sound = 'type: integer }';
const mistaken = 'typ: integer }';

describe('diagnostics', () => {
  let blueprint: Awaited<ReturnType<typeof openBlueprint>>;
  before(async () => {
    await activated();
  });
  beforeEach(async () => {
    blueprint = await openBlueprint();
    const field = '- { name: estimate, type: integer }';
    await replace(blueprint.document, '- { name: title,', `${field}\n      - { name: title,`);
  });
  afterEach(async () => {
    await blueprint.restore();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('appear for text that was never saved, exactly where the mistake is, with a link to an explanation', async () => {
    const { document } = blueprint;
    await replace(document, sound, mistaken);
    const [diagnostic] = await eventually('a diagnostic', () => nonEmpty(ourDiagnostics(document.uri)));
    assert.equal(document.isDirty, true);
    assert.equal(document.getText(diagnostic?.range), 'typ');
    assert.equal(diagnostic?.severity, vscode.DiagnosticSeverity.Error);
    const code = diagnostic?.code;
    assert.ok(typeof code === 'object');
    assert.equal(code.value, 'unknown-key');
    assert.equal(code.target.toString(true), 'command:backdrift.explainProblem?["unknown-key"]');
  });

  it('clear when the mistake is cured', async () => {
    const { document } = blueprint;
    await replace(document, sound, mistaken);
    await eventually('a diagnostic', () => nonEmpty(ourDiagnostics(document.uri)));
    await replace(document, mistaken, sound);
    await eventually('no diagnostic', () => ourDiagnostics(document.uri).length === 0);
  });

  it('are cured by the quick fix, and nothing else in the text changes', async () => {
    const { document } = blueprint;
    const text = document.getText();
    await replace(document, sound, mistaken);
    const [diagnostic] = await eventually('a diagnostic', () => nonEmpty(ourDiagnostics(document.uri)));
    assert.ok(diagnostic);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      diagnostic.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const fix = actions.find((action) => action.edit !== undefined);
    assert.equal(fix?.title, 'Change to “type”');
    assert.equal(fix?.isPreferred, true);
    assert.ok(fix?.edit && (await vscode.workspace.applyEdit(fix.edit)));
    assert.equal(document.getText(), text);
    await eventually('no diagnostic', () => ourDiagnostics(document.uri).length === 0);
  });

  it('are those of the last keystroke after many', async () => {
    const { document } = blueprint;
    for (let round = 0; round < 15; round += 1) {
      await replace(document, sound, mistaken);
      await replace(document, mistaken, sound);
    }
    await replace(document, 'name: estimate', 'nam: estimate');
    const found = await eventually('the diagnostics of the last text', () => {
      const all = ourDiagnostics(document.uri);
      return all.some((one) => document.getText(one.range).includes('nam')) ? all : undefined;
    });
    assert.ok(!found.some((one) => document.getText(one.range) === 'typ'));
  });

  it('go with the document that is closed', async () => {
    const { document } = blueprint;
    await replace(document, sound, mistaken);
    await eventually('a diagnostic', () => nonEmpty(ourDiagnostics(document.uri)));
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await eventually('no diagnostic', () => ourDiagnostics(document.uri).length === 0);
  });

  it('survive any text, and come for JSON as for YAML', async () => {
    const elsewhere = path.join(folder(), 'other');
    await mkdir(elsewhere, { recursive: true });
    const file = path.join(elsewhere, 'backdrift.json');
    await writeFile(file, '{ "project": { "name": "Other" }, "entitys": [] }');
    try {
      const document = await vscode.workspace.openTextDocument(file);
      await vscode.window.showTextDocument(document);
      const [diagnostic] = await eventually('a diagnostic', () => nonEmpty(ourDiagnostics(document.uri)));
      assert.match(document.getText(diagnostic?.range), /entitys/);
      for (const text of ['', '{', '{ "a": [[[[', '\u0000', '"', '{ "__proto__": { "x": 1 } }']) {
        await replaceAll(document, text);
        await eventually(`a diagnostic for ${JSON.stringify(text)}`, () => nonEmpty(ourDiagnostics(document.uri)));
      }
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
  });
});

function nonEmpty<Item>(items: Item[]): Item[] | undefined {
  return items.length > 0 ? items : undefined;
}
