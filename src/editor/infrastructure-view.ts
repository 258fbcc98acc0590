import * as vscode from 'vscode';
import { type InfrastructureNode, infrastructureTree, runningBadge } from './infrastructure-model.ts';
import { currentProject, type EditorState, welcomeState } from './state.ts';
import type { Icon } from './status-words.ts';

export const infrastructureViewId = 'backdrift.infrastructure';

/** What VS Code holds on to for a line: an object that stays the same while the line's content changes. */
export class InfrastructureElement {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
}

/** Draws the Infrastructure tree from the editor's state, and tells VS Code only of the lines that changed. */
export class InfrastructureView implements vscode.TreeDataProvider<InfrastructureElement>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<InfrastructureElement[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly view: vscode.TreeView<InfrastructureElement>;
  readonly #elements = new Map<string, InfrastructureElement>();
  #lines = new Map<string, Line>();
  #roots: string[] = [];
  #welcome: string | undefined;

  constructor() {
    this.view = vscode.window.createTreeView(infrastructureViewId, { treeDataProvider: this, showCollapseAll: true });
  }

  /** Shows a new state. */
  render(state: EditorState): void {
    const before = this.#lines;
    const roots = infrastructureTree(state);
    this.#lines = linesOf(roots);
    const rootIds = roots.map((node) => node.id);
    for (const id of this.#elements.keys()) if (!this.#lines.has(id)) this.#elements.delete(id);
    const rootsChanged = rootIds.join('\n') !== this.#roots.join('\n');
    this.#roots = rootIds;
    const welcome = welcomeState(state);
    // An empty tree shows the welcome; VS Code asks anew which one when the tree changes.
    if (rootsChanged || (rootIds.length === 0 && welcome !== this.#welcome)) this.#changed.fire(undefined);
    else {
      const changed = changedLines(before, this.#lines).map((id) => this.#element(id));
      if (changed.length > 0) this.#changed.fire(changed);
    }
    this.#welcome = welcome;
    this.view.badge = runningBadge(state);
    const project = currentProject(state);
    this.view.description = project && rootIds.length === 0 ? `${project.name} · ${project.selected}` : '';
  }

  /** What a line is about, for commands that get the element from a menu. */
  nodeOf(element: InfrastructureElement): InfrastructureNode | undefined {
    return this.#lines.get(element.id)?.node;
  }

  /** What is selected, where a command was run without a line. */
  get selected(): InfrastructureNode | undefined {
    const [element] = this.view.selection;
    return element && this.nodeOf(element);
  }

  getTreeItem(element: InfrastructureElement): vscode.TreeItem {
    const node = this.#lines.get(element.id)?.node;
    return node ? treeItem(node) : new vscode.TreeItem('');
  }

  getChildren(element?: InfrastructureElement): InfrastructureElement[] {
    const ids = element ? (this.#lines.get(element.id)?.node.children.map((child) => child.id) ?? []) : this.#roots;
    return ids.map((id) => this.#element(id));
  }

  getParent(element: InfrastructureElement): InfrastructureElement | undefined {
    const parent = this.#lines.get(element.id)?.parent;
    return parent === undefined ? undefined : this.#element(parent);
  }

  dispose(): void {
    this.view.dispose();
    this.#changed.dispose();
  }

  #element(id: string): InfrastructureElement {
    const known = this.#elements.get(id);
    if (known) return known;
    const element = new InfrastructureElement(id);
    this.#elements.set(id, element);
    return element;
  }
}

interface Line {
  node: InfrastructureNode;
  parent: string | undefined;
}

function linesOf(roots: InfrastructureNode[]): Map<string, Line> {
  const lines = new Map<string, Line>();
  const visit = (node: InfrastructureNode, parent: string | undefined): void => {
    lines.set(node.id, { node, parent });
    for (const child of node.children) visit(child, node.id);
  };
  for (const root of roots) visit(root, undefined);
  return lines;
}

/** Ids of the lines to draw again: those that differ in themselves or in which children they have, topmost only. */
function changedLines(before: Map<string, Line>, after: Map<string, Line>): string[] {
  const changed = new Set<string>();
  for (const [id, { node, parent }] of after) {
    const was = before.get(id)?.node;
    // A line that is new is drawn with its parent, whose list of children differs.
    if (!was || (parent !== undefined && changed.has(parent))) continue;
    if (face(was) !== face(node)) changed.add(id);
  }
  return [...changed];
}

function face(node: InfrastructureNode): string {
  return JSON.stringify({ ...node, children: node.children.map((child) => child.id) });
}

function treeItem(node: InfrastructureNode): vscode.TreeItem {
  const { None, Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(node.label, node.open === undefined ? None : node.open ? Expanded : Collapsed);
  item.id = node.id;
  if (node.description !== undefined) item.description = node.description;
  item.iconPath = themeIcon(node.icon);
  item.contextValue = node.contextValue;
  item.accessibilityInformation = { label: node.spoken };
  const tooltip = new vscode.MarkdownString('', true);
  node.tooltip.forEach((line, index) => {
    if (index === 0) tooltip.appendMarkdown('**').appendText(line).appendMarkdown('**');
    else tooltip.appendMarkdown('  \n').appendText(line);
  });
  item.tooltip = tooltip;
  if (node.command) item.command = { command: node.command, title: '' };
  return item;
}

export function themeIcon(icon: Icon): vscode.ThemeIcon {
  return new vscode.ThemeIcon(icon.id, icon.color === undefined ? undefined : new vscode.ThemeColor(icon.color));
}
