import * as vscode from 'vscode';
import type { Blueprint } from '../blueprint/blueprint.ts';
import type { ParsedBlueprint } from '../blueprint/parse.ts';
import type { Problem } from '../blueprint/problem.ts';
import { isBlueprint, placeOf } from './blueprint-files.ts';
import type { Log } from './log.ts';
import type { LoadSession } from './session.ts';

/** How long typing must rest before a Blueprint is read anew, in milliseconds. */
const rest = 150;

/** A Blueprint's text and what reading it gave. */
export interface Reading {
  uri: vscode.Uri;
  text: string;
  /** Of the document, when it is open in an editor. */
  version?: number;
  parsed: ParsedBlueprint;
  /** The last sound Blueprint: this one, or an earlier one while the text has errors. */
  sound?: Blueprint;
}

/**
 * Reads Blueprints as they are typed, open documents before files on disk. Readings come in order: one that was
 * overtaken by another keystroke is dropped.
 */
export class BlueprintReader implements vscode.Disposable {
  readonly #loadSession: LoadSession;
  readonly #log: Log;
  readonly #read = new vscode.EventEmitter<Reading>();
  /** After every reading. */
  readonly onDidRead = this.#read.event;
  readonly #readings = new Map<string, Reading>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #turns = new Map<string, number>();
  readonly #subscriptions: vscode.Disposable;

  constructor(loadSession: LoadSession, log: Log) {
    this.#loadSession = loadSession;
    this.#log = log;
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.onDidOpenTextDocument((document) => this.#soon(document, 0)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.#soon(document, rest);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (isBlueprint(document)) this.#forgetVersion(document.uri);
      }),
    );
  }

  /** Reads every Blueprint that is open already. */
  start(): void {
    for (const document of vscode.workspace.textDocuments) this.#soon(document, 0);
  }

  /** The latest reading, which may be behind the text by a keystroke. */
  latest(id: string): Reading | undefined {
    return this.#readings.get(id);
  }

  /** Reads a Blueprint now, as it stands in its editor or on disk. Nothing when there is no such file. */
  async read(uri: vscode.Uri): Promise<Reading | undefined> {
    const id = uri.toString();
    this.#cancelTimer(id);
    const turn = (this.#turns.get(id) ?? 0) + 1;
    this.#turns.set(id, turn);
    const session = await this.#loadSession();
    const document = openDocument(uri);
    const source: Source | undefined = document
      ? { text: document.getText(), version: document.version }
      : await this.#fileText(uri);
    if (!source) {
      this.#readings.delete(id);
      return undefined;
    }
    const { problem, ...text } = source;
    const read = session.parse(text.text, placeOf(uri));
    const parsed = problem ? { ...read, problems: [problem] } : read;
    const sound = parsed.blueprint ?? this.#readings.get(id)?.sound;
    const reading: Reading = { uri, ...text, parsed, ...(sound ? { sound } : {}) };
    if (this.#turns.get(id) !== turn) return this.#readings.get(id) ?? reading;
    this.#readings.set(id, reading);
    this.#read.fire(reading);
    return reading;
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#subscriptions.dispose();
    this.#read.dispose();
  }

  #soon(document: vscode.TextDocument, delay: number): void {
    if (!isBlueprint(document)) return;
    const id = document.uri.toString();
    this.#cancelTimer(id);
    this.#timers.set(
      id,
      setTimeout(() => {
        this.read(document.uri).catch((error: unknown) => this.#log.error('A Blueprint could not be read', error));
      }, delay),
    );
  }

  #cancelTimer(id: string): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  #forgetVersion(uri: vscode.Uri): void {
    const id = uri.toString();
    this.#cancelTimer(id);
    // What was typed and not saved is gone with its editor: the file counts again.
    if (this.#readings.has(id))
      this.read(uri).catch((error: unknown) => this.#log.error('A Blueprint could not be read', error));
  }

  /** A file that is no text, or too large for one, reads as empty with the problem that it is. */
  async #fileText(uri: vscode.Uri): Promise<Source | undefined> {
    try {
      const { type, size } = await vscode.workspace.fs.stat(uri);
      // A pipe or a device of this name would be read without end.
      if (!(type & vscode.FileType.File)) return undefined;
      const { decodeBlueprint, sizeProblem } = await import('../blueprint/decode.ts');
      const tooLarge = sizeProblem(size);
      if (tooLarge) return { text: '', problem: tooLarge };
      const decoded = decodeBlueprint(await vscode.workspace.fs.readFile(uri));
      return decoded.ok ? { text: decoded.text } : { text: '', problem: decoded.problem };
    } catch (error) {
      if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
      throw error;
    }
  }
}

/** `problem`: why a file could not be read as text. */
interface Source {
  text: string;
  version?: number;
  problem?: Problem;
}

function openDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
  const id = uri.toString();
  return vscode.workspace.textDocuments.find((document) => !document.isClosed && document.uri.toString() === id);
}
