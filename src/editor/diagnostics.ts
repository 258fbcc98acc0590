import * as vscode from 'vscode';
import type { Problem } from '../blueprint/problem.ts';
import type { CompileProblem } from '../stacks/stack.ts';
import { isBlueprint } from './blueprint-files.ts';
import type { BlueprintReader, Reading } from './blueprint-reader.ts';
import { commandIds } from './command-ids.ts';

/** The source that VS Code shows beside each of our diagnostics. */
export const diagnosticSource = 'backdrift';

/**
 * The problems of every open Blueprint, as diagnostics of exactly the version of the text that they were found in.
 * A closed Blueprint has none.
 */
export class Diagnostics implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection(diagnosticSource);
  readonly #problems = new Map<string, { version: number; byDiagnostic: Map<vscode.Diagnostic, Problem> }>();
  readonly #subscriptions: vscode.Disposable;

  constructor(reader: BlueprintReader) {
    this.#subscriptions = vscode.Disposable.from(
      reader.onDidRead((reading) => this.show(reading, [])),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (!isBlueprint(document)) return;
        this.#collection.delete(document.uri);
        this.#problems.delete(document.uri.toString());
      }),
    );
  }

  /** Shows the problems of a reading, and those that compiling it found. */
  show(reading: Reading, found: readonly (Problem | CompileProblem)[]): void {
    const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === reading.uri.toString());
    // Of another version: the reading of this one is on its way.
    if (!document || document.isClosed || document.version !== reading.version) return;
    const byDiagnostic = new Map<vscode.Diagnostic, Problem>();
    for (const problem of [...reading.parsed.problems, ...found.flatMap((one) => located(one, reading))]) {
      byDiagnostic.set(this.#diagnostic(document, problem), problem);
    }
    this.#problems.set(document.uri.toString(), { version: document.version, byDiagnostic });
    this.#collection.set(document.uri, [...byDiagnostic.keys()]);
  }

  /** The problem behind each diagnostic of a document, while they are of the version that it has now. */
  problemsOf(document: vscode.TextDocument): [vscode.Diagnostic, Problem][] {
    const known = this.#problems.get(document.uri.toString());
    return known?.version === document.version ? [...known.byDiagnostic] : [];
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#collection.dispose();
  }

  #diagnostic(document: vscode.TextDocument, problem: Problem): vscode.Diagnostic {
    const message = problem.hint ? `${problem.message} ${problem.hint}` : problem.message;
    const range = new vscode.Range(document.positionAt(problem.range.start), document.positionAt(problem.range.end));
    const diagnostic = new vscode.Diagnostic(range, message, severities[problem.severity]);
    diagnostic.source = diagnosticSource;
    diagnostic.code = { value: problem.code, target: explanationLink(problem.code) };
    return diagnostic;
  }
}

const severities: Record<Problem['severity'], vscode.DiagnosticSeverity> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

/** Opens the explanation of a code as a rendered page, offline and of the installed version. */
function explanationLink(code: string): vscode.Uri {
  return vscode.Uri.parse(`command:${commandIds.explainProblem}?${encodeURIComponent(JSON.stringify([code]))}`);
}

/** What compiling found, in its place. Problems of the text are in the reading already. */
function located(problem: Problem | CompileProblem, { parsed }: Reading): Problem[] {
  return 'range' in problem ? [] : [{ ...problem, range: parsed.rangeOf(problem.path, 'key') }];
}
