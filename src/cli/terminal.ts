/** Where a command writes, and what it knows of the world around it. */
export interface Terminal {
  /** Results: what a pipe gets. Ends the line. */
  out(text: string): void;
  /** Problems and progress: what a person reads. Ends the line. */
  err(text: string): void;
  /** Raw text to where `err` goes, for lines that are drawn over. */
  draw(text: string): void;
  /** A person watches: progress may be drawn over. */
  live: boolean;
  /** A person can be asked. */
  ask?(question: string): Promise<string>;
  columns(): number;
  environment: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  workingDirectory: string;
  /** The folder of the program's own files; the runtime's bundle is in `runtime/` below it. */
  installation: string;
  /** Aborted by the first Ctrl-C; the second ends the process. */
  interrupted: AbortSignal;
}
