import * as vscode from 'vscode';
import { commandIds } from './command-ids.ts';
import { currentProject, type EditorState, selectedEnvironment } from './state.ts';
import { statusBarLine } from './status-bar-line.ts';

/** The one status bar item: environment, region and account in sight; a press opens the picker. */
export class StatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;

  constructor() {
    this.#item = vscode.window.createStatusBarItem('backdrift.environment', vscode.StatusBarAlignment.Left, 10);
    this.#item.name = 'Backdrift';
    this.#item.command = commandIds.selectEnvironment;
  }

  render(state: EditorState): void {
    const project = currentProject(state);
    const environment = project && selectedEnvironment(project);
    if (!project || !environment) {
      this.#item.hide();
      return;
    }
    const line = statusBarLine(project, environment, state.localAws);
    this.#item.text = line.text;
    this.#item.tooltip = line.tooltip;
    this.#item.accessibilityInformation = { label: line.spoken };
    this.#item.backgroundColor = line.production ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#item.show();
  }

  dispose(): void {
    this.#item.dispose();
  }
}
