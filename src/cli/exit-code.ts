/** What the process ends with; scripts and CI rely on it. */
export const exitCode = {
  done: 0,
  /** It was tried and did not work. */
  failed: 1,
  /** Wrong options, or a Blueprint with errors: nothing was tried. */
  usage: 2,
  /** A change destroys or replaces data, and nobody said that this is wanted. */
  needsAcknowledgement: 3,
  /** A change that is never made as it is. */
  blocked: 4,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
