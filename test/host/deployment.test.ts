import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { InfrastructureElement } from '../../src/editor/infrastructure-view.ts';
import { welcomeState } from '../../src/editor/state.ts';
import { activated, eventually, freePort, openBlueprint } from './workbench.ts';

const stacks = ['Cognito Stack', 'DynamoDB Stack', 'Lambda Stack', 'API Gateway Stack', 'Amplify Stack'];

describe('a deployment to the local AWS', function () {
  // One story: the local AWS takes some seconds to start.
  this.timeout(90_000);
  this.bail(true);

  let inspected: Awaited<ReturnType<typeof activated>>;
  before(async () => {
    inspected = await activated();
    const settings = vscode.workspace.getConfiguration('backdrift.localAws');
    await settings.update('endpoint', undefined, vscode.ConfigurationTarget.Global);
    await settings.update('port', await freePort(), vscode.ConfigurationTarget.Global);
    await settings.update('scale', 0, vscode.ConfigurationTarget.Global);
    await openBlueprint();
    await vscode.commands.executeCommand('backdrift.infrastructure.focus');
  });
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('is offered for the environment local, which is not running', async () => {
    const project = await eventually('the project', () => inspected.state().projects[0]);
    assert.equal(project.selected, 'local');
    await eventually('the welcome', () => welcomeState(inspected.state()) === 'localNotRunning');
    assert.deepEqual(await inspected.tree.getChildren(), []);
  });

  it('needs a local AWS, which starts', async () => {
    await vscode.commands.executeCommand('backdrift.startLocalAws');
    const { localAws } = inspected.state();
    assert.ok(localAws.kind === 'running' && localAws.ours);
    await eventually('the welcome', () => welcomeState(inspected.state()) === 'nothingDeployed');
  });

  it('opens the preview', async () => {
    await vscode.commands.executeCommand('backdrift.preview');
    await eventually('the panel', () =>
      vscode.window.tabGroups.all.some((group) =>
        group.tabs.some(
          ({ input, label }) => input instanceof vscode.TabInputWebview && /Preview: .* local/.test(label),
        ),
      ),
    );
  });

  it('asks once, then shows every stack until it is complete', async () => {
    const deployed = vscode.commands.executeCommand('backdrift.deploy');
    // The command ends when the last message is answered, which nobody does here.
    deployed.then(undefined, (error: unknown) => assert.fail(String(error)));
    await eventually('the start', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return inspected.state().projects[0]?.progress;
    });
    await eventually('the end', () => inspected.state().projects[0]?.progress?.result, 60_000);
    const project = inspected.state().projects[0];
    assert.equal(project?.progress?.result, 'succeeded', JSON.stringify(project?.progress, null, 1).slice(0, 3_000));
    await eventually('what is live', () => project && inspected.state().projects[0]?.live.kind === 'read');
  });

  it('shows stacks and resources in the tree, with words for those who listen', async () => {
    const rows = await eventually('the stacks', async () => {
      const all = await allRows(inspected.tree);
      const complete = (row: Row) =>
        stacks.some((stack) => row.item.label === stack) && /^Complete/.test(String(row.item.description));
      return all.filter(complete).length === stacks.length && all;
    });
    for (const { item } of rows) {
      assert.ok(item.accessibilityInformation?.label, String(item.label));
      assert.ok(item.contextValue);
      assert.ok(item.iconPath instanceof vscode.ThemeIcon);
    }
    assert.equal(new Set(rows.map(({ item }) => item.id)).size, rows.length);
    for (const stack of stacks) {
      const row = rows.find(({ item }) => item.label === stack);
      assert.equal(row?.depth, 2);
    }
    const table = rows.find(({ item }) => item.label === 'tasks-table');
    assert.match(String(table?.item.description), /TasksTable/);
    assert.equal(table?.depth, 3);
  });

  it('leads from every line to the line above it', async () => {
    for (const { element, parent } of await allRows(inspected.tree)) {
      assert.equal(await inspected.tree.getParent?.(element), parent);
    }
  });

  it('has nothing left to change', async () => {
    const { document } = await openBlueprint();
    assert.equal(document.isDirty, false);
    await eventually('the answer of the account', () => {
      const live = inspected.state().projects[0]?.live;
      return live?.kind === 'read' && live.lastEntry?.status === 'succeeded';
    });
  });

  it('is gone with the local AWS that this window started', async () => {
    await vscode.commands.executeCommand('backdrift.stopLocalAws');
    await eventually('the welcome', () => welcomeState(inspected.state()) === 'localNotRunning');
    await eventually('an empty tree', async () => (await inspected.tree.getChildren())?.length === 0);
  });
});

interface Row {
  element: InfrastructureElement;
  parent: InfrastructureElement | undefined;
  depth: number;
  item: vscode.TreeItem;
}

async function allRows(
  tree: vscode.TreeDataProvider<InfrastructureElement>,
  parent?: InfrastructureElement,
  depth = 0,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const element of (await tree.getChildren(parent)) ?? []) {
    rows.push({ element, parent, depth, item: await tree.getTreeItem(element) });
    rows.push(...(await allRows(tree, element, depth + 1)));
  }
  return rows;
}
