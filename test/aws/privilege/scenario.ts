import type { Credentials } from '../iam/role-of-a-function.ts';
import type { Answered, Asked } from '../runtime/bench.ts';
import type { Project, ProjectFunction } from './project.ts';
import type { Rows } from './rows.ts';

/** Something that a function does, which ends as it should where its role is enough. Each run makes rows of its own. */
export interface Step {
  title: string;
  /** Throws where the outcome is not the expected one. */
  run(): Promise<void>;
}

/** What a scenario can use beside the function itself. */
export interface Stage {
  project: Project;
  fn: ProjectFunction;
  /** Rows that lie there before: written with all rights. */
  rows: Rows;
  /** The function's own. */
  credentials: Credentials;
  /** Calls the function as API Gateway does; `route` where it answers several. */
  ask(asked: Asked & { route?: { method: string; path: string } }): Promise<Answered>;
  /** Calls it with any event. */
  invoke(event: unknown): Promise<{ payload: unknown; failed: boolean }>;
}

/** The steps that exercise a function: every right of its role is needed by one of them. */
export type Scenario = (stage: Stage) => Step[];
