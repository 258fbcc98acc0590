import * as vscode from 'vscode';
import type { Completion } from '../blueprint/completion.ts';
import type { ParsedBlueprint } from '../blueprint/parse.ts';
import type { TextRange } from '../blueprint/problem.ts';
import { yamlBlueprintSelector } from './blueprint-files.ts';
import type { BlueprintReader } from './blueprint-reader.ts';

/** The extension that completes and explains YAML from our JSON Schema; where it is, we keep quiet. */
const yamlExtension = 'redhat.vscode-yaml';

/**
 * Completion and hover for Blueprints in YAML, where no YAML extension does it. In JSON the editor itself does it from
 * the JSON Schema.
 */
export function registerLanguageFeatures(reader: BlueprintReader): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerCompletionItemProvider(
      yamlBlueprintSelector,
      { provideCompletionItems: (document, position) => complete(document, position, reader) },
      ...[':', ' ', '-', '[', ',', '{', '"'],
    ),
    vscode.languages.registerHoverProvider(yamlBlueprintSelector, {
      provideHover: (document, position) => hover(document, position, reader),
    }),
  );
}

async function complete(
  document: vscode.TextDocument,
  position: vscode.Position,
  reader: BlueprintReader,
): Promise<vscode.CompletionItem[]> {
  if (vscode.extensions.getExtension(yamlExtension)) return [];
  const { completeAt } = await import('../blueprint/completion.ts');
  const found = completeAt(document.getText(), document.offsetAt(position), known(document, reader));
  return found.map((completion, index) => item(document, completion, index));
}

function item(document: vscode.TextDocument, completion: Completion, index: number): vscode.CompletionItem {
  const { label, detail, documentation, insertText, kind } = completion;
  const made = new vscode.CompletionItem({ label, ...(detail ? { description: detail } : {}) }, kinds[kind]);
  made.insertText = insertText;
  made.range = rangeIn(document, completion.range);
  // Indentation is part of what was computed: the editor must not add its own.
  made.keepWhitespace = true;
  // In the order of the language, not of the alphabet.
  made.sortText = String(index).padStart(4, '0');
  if (documentation !== undefined) made.documentation = documentation;
  // A key is followed by its value: what may stand there is offered at once.
  if (kind === 'key') made.command = { command: 'editor.action.triggerSuggest', title: '' };
  return made;
}

const kinds: Record<Completion['kind'], vscode.CompletionItemKind> = {
  key: vscode.CompletionItemKind.Property,
  value: vscode.CompletionItemKind.EnumMember,
  name: vscode.CompletionItemKind.Reference,
};

async function hover(
  document: vscode.TextDocument,
  position: vscode.Position,
  reader: BlueprintReader,
): Promise<vscode.Hover | undefined> {
  if (vscode.extensions.getExtension(yamlExtension)) return undefined;
  const { hoverAt } = await import('../blueprint/hover.ts');
  const found = hoverAt(document.getText(), document.offsetAt(position), known(document, reader));
  if (!found) return undefined;
  const [title = '', ...lines] = found.lines;
  const text = new vscode.MarkdownString().appendMarkdown('**').appendText(title).appendMarkdown('**');
  for (const line of lines) text.appendMarkdown('\n\n').appendText(line);
  return new vscode.Hover(text, rangeIn(document, found.range));
}

/** What was read of exactly this text, so that it is not read twice. */
function known(document: vscode.TextDocument, reader: BlueprintReader): ParsedBlueprint | undefined {
  const reading = reader.latest(document.uri.toString());
  return reading?.version === document.version ? reading.parsed : undefined;
}

function rangeIn(document: vscode.TextDocument, { start, end }: TextRange): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}
