import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Browser, chromium, type Frame, type Locator, type Page } from 'playwright-core';
import { root } from '../../scripts/build-options.mjs';
import { type LocalAws, startLocalAws } from '../../scripts/local-aws.mjs';
import { browserArguments, ensureBrowser } from '../../scripts/setup/browser.mjs';
import { ensureVSCode, oldest } from '../../scripts/setup/vscode.mjs';
import {
  freshHome,
  installExtension,
  type Server,
  startServer,
  writeMachineSettings,
} from '../../scripts/vscode-server.mjs';

const results = path.join(root, '.test-results');

/** VS Code's own themes that the pictures are taken in. */
const themes = { light: 'Default Light Modern', dark: 'Default Dark Modern' };
export type Theme = keyof typeof themes;

/** How long VS Code may take to show what it was asked for, in milliseconds. */
const patience = 30_000;

/**
 * VS Code in a browser with the packaged extension installed, as a user has it: a fresh profile, a copy of an example,
 * and a local AWS that takes no time.
 */
export class Workbench {
  readonly page: Page;
  /** The opened folder on disk. */
  readonly folder: string;
  readonly localAws: LocalAws;
  readonly #home: string;
  readonly #settings: Record<string, unknown>;
  readonly #end: () => Promise<void>;

  private constructor(
    page: Page,
    folder: string,
    localAws: LocalAws,
    home: string,
    settings: Record<string, unknown>,
    end: () => Promise<void>,
  ) {
    this.page = page;
    this.folder = folder;
    this.localAws = localAws;
    this.#home = home;
    this.#settings = settings;
    this.#end = end;
  }

  /** `scale`: 0 takes no time for a resource, 1 as long as the real service. Not `trusted`: VS Code asks whether to. */
  static async open({ example = 'task-manager', scale = 0, trusted = true } = {}): Promise<Workbench> {
    const vscode = await ensureVSCode(oldest);
    const { home, remove } = await freshHome('e2e');
    const started: { stop(): Promise<void> }[] = [];
    const end = async (): Promise<void> => {
      for (const part of started.reverse()) await part.stop();
      await remove();
    };
    try {
      const folder = path.join(home, example);
      await cp(path.join(root, 'examples', example), folder, { recursive: true });
      await installExtension(vscode, home, path.join(root, 'backdrift.vsix'));
      const localAws = await startLocalAws({ scale, log: path.join(results, 'e2e-local-aws.log') });
      started.push(localAws);
      const settings = quietSettings(localAws.endpoint);
      const log = path.join(results, 'e2e-server.log');
      const server = await startServer(vscode, { home, trusted, settings, log });
      started.push(server);
      const browser = await chromium.launch({ executablePath: await ensureBrowser(), args: browserArguments });
      started.push({ stop: () => browser.close() });
      const page = await openPage(browser, server, folder);
      const workbench = new Workbench(page, folder, localAws, home, settings, end);
      await workbench.ready();
      return workbench;
    } catch (error) {
      await end();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#end();
  }

  /** Waits until the workbench stands and extensions have started. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: patience });
    await this.page.locator('.activitybar .action-item.checked').first().waitFor({ timeout: patience });
  }

  /** Reloads the window, as `Developer: Reload Window` does. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  /** Runs a command from the palette, by its whole title: `Backdrift: Preview`. */
  async command(title: string): Promise<void> {
    await this.#quickOpen(`>${title}`);
    await this.choose(title);
  }

  /** Does the palette offer this command now? */
  async offers(title: string): Promise<boolean> {
    await this.#quickOpen(`>${title}`);
    // Where there is no such command, the list shows others or says that there are none: it is never empty for long.
    await this.page.locator('.quick-input-list .monaco-list-row').first().waitFor({ timeout: patience });
    await this.page.waitForTimeout(500);
    const offered = (await this.quickPick(title).count()) > 0;
    await this.page.keyboard.press('Escape');
    return offered;
  }

  /** Opens a file that stands in the opened folder itself, from the explorer: quick open needs a search program that this VS Code lacks. */
  async openFile(name: string): Promise<void> {
    const tab = this.page.locator('.tabs-container').getByRole('tab', { name, exact: true });
    if ((await tab.count()) > 0) {
      await tab.click();
    } else {
      await this.openView('Explorer');
      await this.page
        .locator('.explorer-folders-view')
        .getByRole('treeitem', { name, exact: true })
        .dblclick({ timeout: patience });
    }
    const group = this.page.locator('.editor-group-container.active');
    await group.locator('.tab.active', { hasText: name }).waitFor({ timeout: patience });
    await group.locator('.monaco-editor .view-line').first().waitFor({ timeout: patience });
  }

  /** An entry of the list that VS Code is showing, by its whole label without its icon. */
  quickPick(label: string): Locator {
    const exactly = new RegExp(`^\\s*${literally(label)}\\s*$`);
    const name = this.page.locator('.label-name').filter({ hasText: exactly });
    return this.page.locator('.quick-input-list .monaco-list-row').filter({ has: name }).first();
  }

  /** Answers the question that VS Code is asking with a list. */
  async choose(label: string): Promise<void> {
    const row = this.quickPick(label);
    await row.waitFor({ timeout: patience });
    await row.click();
  }

  /** Replaces the text of the open editor through the keyboard, where `change` says what it becomes. */
  async edit(file: string, change: (text: string) => string, text: string): Promise<void> {
    await this.openFile(file);
    const [before, after] = [text, change(text)];
    let first = 0;
    while (before[first] === after[first] && first < before.length) first += 1;
    let last = 0;
    while (last < Math.min(before.length, after.length) - first && before.at(-1 - last) === after.at(-1 - last))
      last += 1;
    await this.#goTo(before.slice(0, first));
    const removed = before.length - last - first;
    for (let count = 0; count < removed; count += 1) await this.page.keyboard.press('Delete');
    await this.page.keyboard.insertText(after.slice(first, after.length - last));
  }

  /** Saves the open editor. */
  async save(): Promise<void> {
    await this.page.keyboard.press('Control+s');
    await this.page.locator('.editor-group-container.active .tab.active:not(.dirty)').waitFor({ timeout: patience });
  }

  /** Shows the view container with this title. */
  async openView(title: string): Promise<void> {
    const shown = this.page.locator('.sidebar .composite.title', { hasText: title });
    if (await shown.isVisible()) return;
    // Pressing the tab of a view that is shown hides it, and a window that comes up may show it by itself meanwhile.
    await this.page.locator('.activitybar').getByRole('tab', { name: title }).click();
    if (await appears(shown)) return;
    await this.page.locator('.activitybar').getByRole('tab', { name: title }).click();
    await shown.waitFor({ timeout: patience });
  }

  /** A row of the tree in the side bar whose accessible name or text matches. */
  treeRow(text: RegExp): Locator {
    return this.page.locator('.sidebar').getByRole('treeitem').filter({ hasText: text }).first();
  }

  /** The rows that the tree shows now, as their text. */
  async treeRows(): Promise<string[]> {
    return this.page.locator('.sidebar').getByRole('treeitem').allInnerTexts();
  }

  /** The panel's own document, inside VS Code's two frames. */
  async panel(selector: string): Promise<Frame> {
    const deadline = Date.now() + patience;
    while (Date.now() < deadline) {
      for (const frame of this.page.frames()) {
        if (
          frame.parentFrame() !== null &&
          (await frame
            .locator(selector)
            .count()
            .catch(() => 0)) > 0
        )
          return frame;
      }
      await this.page.waitForTimeout(100);
    }
    throw new Error(`no panel shows ${selector}`);
  }

  /** Waits for a notification that says this, and puts it away. */
  async notification(text: RegExp): Promise<void> {
    const toast = this.page.locator('.notification-toast').filter({ hasText: text }).first();
    await toast.waitFor({ timeout: patience });
    await toast.hover();
    await toast.getByRole('button', { name: /^Clear Notification/ }).click();
    await toast.waitFor({ state: 'detached', timeout: patience });
  }

  /** The message of the problem of the open file that matches, from the list of problems. */
  async problem(text: RegExp): Promise<string> {
    await this.command('Problems: Focus on Problems View');
    const row = this.page.locator('.markers-panel').getByRole('treeitem').filter({ hasText: text }).first();
    await row.waitFor({ timeout: patience });
    const message = (await row.textContent()) ?? '';
    await this.command('View: Hide Panel');
    return message;
  }

  async theme(theme: Theme): Promise<void> {
    await writeMachineSettings(this.#home, { ...this.#settings, 'workbench.colorTheme': themes[theme] });
    const kind = theme === 'light' ? 'vs' : 'vs-dark';
    await this.page.locator(`.monaco-workbench.${kind}`).waitFor({ timeout: patience });
  }

  /** Keeps a picture in .test-results/screenshots. */
  async screenshot(name: string): Promise<void> {
    const folder = path.join(results, 'screenshots');
    await mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: path.join(folder, `${name}.png`) });
  }

  /** One picture in each theme. */
  async screenshots(name: string): Promise<void> {
    for (const theme of ['light', 'dark'] as const) {
      await this.theme(theme);
      await this.screenshot(`${name}-${theme}`);
    }
  }

  /** Opens VS Code's own prompt with a text. It closes by itself when something else takes the focus: then it is opened again. */
  async #quickOpen(text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget:visible input.input');
    for (let attempt = 1; ; attempt += 1) {
      // The keyboard belongs to whatever has the focus, a panel's frame for one: the workbench takes it first.
      await this.page.evaluate('document.activeElement?.blur()');
      await this.page.keyboard.press('F1');
      try {
        await input.fill(text, { timeout: 5_000 });
        return;
      } catch (error) {
        if (attempt === 3) throw error;
      }
    }
  }

  /** Puts the cursor behind a beginning of the text. */
  async #goTo(beginning: string): Promise<void> {
    const lines = beginning.split('\n');
    await this.#quickOpen(`:${lines.length}:${(lines.at(-1) ?? '').length + 1}`);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden', timeout: patience });
  }
}

/** Is it there soon? */
function appears(locator: Locator): Promise<boolean> {
  return locator.waitFor({ timeout: 3_000 }).then(
    () => true,
    () => false,
  );
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

async function openPage(browser: Browser, server: Server, folder: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${server.url}/?folder=${encodeURI(folder)}`);
  return page;
}

/** What would move by itself or cover a picture is off. */
function quietSettings(endpoint: string): Record<string, unknown> {
  return {
    'backdrift.localAws.endpoint': endpoint,
    'workbench.startupEditor': 'none',
    'workbench.tips.enabled': false,
    'workbench.enableExperiments': false,
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'workbench.colorTheme': themes.light,
    'chat.commandCenter.enabled': false,
    'editor.autoClosingBrackets': 'never',
    'editor.autoClosingQuotes': 'never',
    '[yaml]': { 'editor.autoIndent': 'none' },
    'editor.minimap.enabled': false,
    'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
    'files.autoSave': 'off',
    'git.enabled': false,
    'remote.autoForwardPorts': false,
    'telemetry.telemetryLevel': 'off',
  };
}
