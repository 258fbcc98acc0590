import type { Problem } from '../blueprint/problem.ts';
import type { Region } from '../blueprint/schema.ts';
import type { CompileProblem, Layer } from '../stacks/stack.ts';
import type { TemplateResource } from '../stacks/template.ts';

/** What a deploy would do, before anything is touched. The one value that editor, panel and terminal show. */
export interface Preview {
  project: string;
  environment: string;
  region: Region;
  /** The deployment that the comparison starts from; absent when nothing was deployed yet. */
  baseline?: { deployment: number };
  /** In the order of `layers`; deleted ones at the end. */
  stacks: StackPreview[];
  counts: { create: number; update: number; replace: number; delete: number };
  problems: (Problem | CompileProblem)[];
  /** What a deploy does besides these stacks: sentences to show below them. */
  notes: string[];
}

export interface StackPreview {
  layer: Layer;
  name: string;
  action: 'create' | 'update' | 'delete' | 'none';
  resources: ResourceChange[];
  /** Template text on both sides, for the diff editor; '' where the stack does not exist. Pretty-printed JSON, made when it is first read. */
  readonly before: string;
  readonly after: string;
}

/** One line of a preview: `+ AWS::DynamoDB::Table (tasks-table)`. */
export interface ResourceChange {
  action: 'create' | 'update' | 'replace' | 'delete';
  logicalId: string;
  /** Of the resource that goes, where one line stands for a pair: an API's new Deployment and the one before. */
  previousLogicalId?: string;
  type: string;
  label: string;
  /** In brackets after the label where it helps: `update routes`, `update code`, `add index by_project`. */
  note?: string;
  /** Top-level properties that differ, for an update. */
  properties: string[];
  /** Where in the Blueprint it comes from: `entities.task`. */
  source?: string;
  /** A delete or a replacement that leaves the resource and its data in the account. */
  retained?: boolean;
  before?: TemplateResource;
  after?: TemplateResource;
}
