import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Workbench } from './workbench.ts';

const file = 'backdrift.yaml';

/** The stacks of the example, in the words of the sidebar. */
const stacks = ['Cognito Stack', 'DynamoDB Stack', 'Lambda Stack', 'API Gateway Stack', 'Amplify Stack'];

describe('a first deployment', function () {
  // One story: what a newcomer does, one step after the other, in one window.
  this.timeout(120_000);
  this.bail(true);

  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.open();
  });
  afterEach(async function () {
    if (this.currentTest?.isFailed()) await workbench.screenshot(`failure ${this.currentTest.title}`);
  });
  after(() => workbench?.close());

  it('finds the Blueprint, and that nothing is deployed', async () => {
    await workbench.openView('Backdrift');
    await workbench.page.locator('.sidebar', { hasText: 'Nothing is deployed' }).waitFor();
  });

  it('underlines a mistake while it is typed, and says what to write', async () => {
    const text = await textOf(workbench);
    const mistaken = (sound: string) => sound.replace('entity: task\n', 'entity: tsk\n');
    await workbench.edit(file, mistaken, text);
    await workbench.page.locator('.squiggly-error').first().waitFor();
    await workbench.screenshots('mistake');
    assert.match(await workbench.problem(/tsk/), /Did you mean `task`/);
    await workbench.edit(file, () => text, mistaken(text));
    await workbench.page.locator('.squiggly-error').waitFor({ state: 'detached' });
  });

  it('previews what would be created', async () => {
    await workbench.command('Backdrift: Preview');
    const panel = await workbench.panel('#changes');
    const lines = await panel.locator('.line').allInnerTexts();
    for (const type of [
      'DynamoDB::Table',
      'Lambda::Function',
      'ApiGateway::RestApi',
      'Cognito::UserPool',
      'Amplify::App',
    ]) {
      assert.ok(
        lines.some((line) => line.trim().startsWith(`+ AWS::${type}`)),
        type,
      );
    }
    assert.deepEqual(
      lines.filter((line) => !line.trim().startsWith('+ ')),
      [],
    );
    await workbench.screenshots('preview-first');
  });

  it('deploys every stack', async () => {
    await deploy(workbench);
    await workbench.openView('Backdrift');
    for (const stack of stacks) await workbench.treeRow(new RegExp(`${stack}.*Complete`, 's')).waitFor();
    await workbench.screenshots('deployed');
  });

  it('gets an answer from the API that was deployed', async () => {
    await workbench.command('Backdrift: Test Health');
    await workbench.notification(/Healthy, /);
  });

  it('previews only what one changed field changes', async () => {
    const text = await textOf(workbench);
    await workbench.edit(
      file,
      (sound) =>
        sound.replace(
          '- { name: title, type: string, required: true, max_length: 200 }',
          '$&\n      - { name: estimate, type: integer, min: 0 }',
        ),
      text,
    );
    await workbench.save();
    await workbench.command('Backdrift: Preview');
    const panel = await workbench.panel('.line.update');
    const lines = (await panel.locator('.line').allInnerTexts()).map((line) => line.trim());
    assert.ok(lines.length > 0);
    for (const line of lines) assert.match(line, /^~ AWS::(Lambda::Function \([a-z-]*tasks?\b|ApiGateway::)/);
    assert.match((await panel.locator('.unchanged').textContent()) ?? '', /DynamoDB/);
    await workbench.screenshots('preview-one-field');
  });

  it('deploys the change', async () => {
    await deploy(workbench);
    for (const stack of stacks) await workbench.treeRow(new RegExp(`${stack}.*Complete`, 's')).waitFor();
  });

  it('finds the state again after the window is reloaded', async () => {
    await workbench.reload();
    await workbench.openView('Backdrift');
    for (const stack of stacks) await workbench.treeRow(new RegExp(`${stack}.*Complete`, 's')).waitFor();
    await workbench.command('Backdrift: Preview');
    const panel = await workbench.panel('.nothing');
    assert.deepEqual(await panel.locator('.line').allInnerTexts(), []);
    await workbench.screenshots('reloaded');
  });
});

/** Deploys from the palette, says yes, and waits until it has ended well. */
async function deploy(workbench: Workbench): Promise<void> {
  await workbench.command('Backdrift: Deploy');
  await workbench.choose('Deploy');
  await workbench.notification(/ is deployed to the local AWS/);
}

function textOf(workbench: Workbench): Promise<string> {
  return readFile(path.join(workbench.folder, file), 'utf8');
}
