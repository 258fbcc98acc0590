/**
 * Why something could not be done, for a reader: what happened and what to do about it. Plain JSON, so that it
 * crosses to a webview or a log as it is. Never holds a secret.
 */
export interface DeploymentProblem {
  /** Stable id, kebab-case: `no-credentials`, `wrong-account`, `local-aws-not-running`. */
  code: string;
  /** What is the matter, as a sentence. */
  message: string;
  /** What to do, as a sentence. */
  hint?: string;
  /** What the service or the system said, in its own words. */
  cause?: string;
}
