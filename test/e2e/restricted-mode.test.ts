import assert from 'node:assert/strict';
import { Workbench } from './workbench.ts';

describe('a workspace that nobody has trusted yet', function () {
  this.timeout(90_000);
  this.bail(true);

  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.open({ trusted: false });
    const no = workbench.page.getByRole('button', { name: /^No, I don't trust/ });
    await no.click({ timeout: 30_000 });
  });
  afterEach(async function () {
    if (this.currentTest?.isFailed()) await workbench.screenshot(`failure ${this.currentTest.title}`);
  });
  after(() => workbench?.close());

  it('is told what works without trust, and is offered to be trusted', async () => {
    await workbench.openView('Backdrift');
    await workbench.page.locator('.sidebar', { hasText: 'This workspace is in Restricted Mode' }).waitFor();
    await workbench.page.locator('.sidebar').getByRole('button', { name: 'Manage Workspace Trust' }).waitFor();
  });

  it('can be previewed, and its Deploy button says why it does nothing', async () => {
    await workbench.command('Backdrift: Preview');
    const panel = await workbench.panel('.line');
    assert.match((await panel.locator('#deploy-reason').textContent()) ?? '', /Restricted Mode/);
    await panel.locator('vscode-button', { hasText: 'Deploy to local' }).click({ force: true });
    await workbench.screenshots('restricted-mode');
    assert.equal(await workbench.page.locator('.quick-input-widget:visible').count(), 0);
  });

  it('offers neither Deploy nor Start Local AWS among its commands', async () => {
    assert.ok(await workbench.offers('Backdrift: Preview'));
    assert.ok(!(await workbench.offers('Backdrift: Deploy')));
    assert.ok(!(await workbench.offers('Backdrift: Start Local AWS')));
  });

  it('reaches nothing: neither the local AWS nor an account was asked', async () => {
    const answer = await fetch(`${workbench.localAws.endpoint}/_local/calls`);
    const calls: unknown = await answer.json();
    assert.ok(!/\b(cloudformation|sts|s3)\./.test(JSON.stringify(calls)), JSON.stringify(calls));
  });
});
