import * as z from 'zod/mini';

/**
 * What the preview panel and the editor say to each other. Both sides check every message against these schemas:
 * a message that does not fit is dropped and logged, never acted on.
 */

const action = z.enum(['create', 'update', 'replace', 'delete']);

const lineSchema = z.object({
  /** Stable within its stack. */
  key: z.string(),
  action,
  /** As the page has it: `+ AWS::DynamoDB::Table (tasks-table)`. */
  text: z.string(),
  /** What a screen reader says instead of the sign: "create AWS::DynamoDB::Table, tasks-table". */
  spoken: z.string(),
  /** Why it deserves a second look: data that stays in the account, a resource that is made anew. */
  remark: z.optional(z.string()),
  /** Where in the Blueprint it comes from; pressing the line goes there. */
  source: z.optional(z.string()),
});

const stackSchema = z.object({
  layer: z.string(),
  title: z.string(),
  purpose: z.string(),
  /** "4 to create", "1 to update". */
  summary: z.string(),
  action: z.enum(['create', 'update', 'delete']),
  lines: z.array(lineSchema),
});

const problemSchema = z.object({
  key: z.string(),
  severity: z.enum(['error', 'warning', 'information']),
  code: z.string(),
  message: z.string(),
  hint: z.optional(z.string()),
  /** 1-based, as the editor shows it. */
  line: z.number(),
  start: z.number(),
  end: z.number(),
});

const progressSchema = z.object({
  heading: z.string(),
  message: z.optional(z.string()),
  running: z.boolean(),
  stacks: z.array(
    z.object({
      layer: z.string(),
      /** complete, running, waiting, failed, blocked, cancelled. */
      standing: z.string(),
      icon: z.string(),
      /** `Lambda Stack (functions)`. */
      title: z.string(),
      /** `3/5 complete`. */
      status: z.string(),
      reason: z.optional(z.string()),
    }),
  ),
});

const placeSchema = z.object({
  project: z.string(),
  environment: z.string(),
  local: z.boolean(),
  production: z.boolean(),
  /** "us-east-2, account 123456789012" or "the AWS on this machine". */
  where: z.string(),
});

const deploySchema = z.object({
  label: z.string(),
  enabled: z.boolean(),
  /** Why it is not enabled. */
  reason: z.optional(z.string()),
});

export const panelStateSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('loading'), message: z.string() }),
  /** There is nothing to preview: no Blueprint, or none that was ever sound. */
  z.object({
    kind: z.literal('empty'),
    heading: z.string(),
    message: z.string(),
    problems: z.array(problemSchema),
  }),
  z.object({
    kind: z.literal('preview'),
    place: placeSchema,
    /** The one sentence that says what a deploy would do. */
    verdict: z.string(),
    /** Why what is shown is not of the text as it stands. */
    stale: z.optional(z.string()),
    /** Shown instead of stacks when there are none. */
    nothing: z.optional(z.string()),
    stacks: z.array(stackSchema),
    /** Titles of the stacks that would not change. */
    unchanged: z.array(z.string()),
    /** What a deploy does besides these stacks. */
    notes: z.array(z.string()),
    problems: z.array(problemSchema),
    deploy: deploySchema,
    progress: z.optional(progressSchema),
  }),
]);

/** Everything that the panel shows, as one value. */
export type PanelState = z.infer<typeof panelStateSchema>;
export type PanelPreview = Extract<PanelState, { kind: 'preview' }>;
export type PanelStack = z.infer<typeof stackSchema>;
export type PanelLine = z.infer<typeof lineSchema>;
export type PanelProblem = z.infer<typeof problemSchema>;
export type PanelProgress = z.infer<typeof progressSchema>;

/** From the editor to the panel. `project` is the panel's identity, which it keeps over a reload of the window. */
export const toPanelSchema = z.object({
  type: z.literal('state'),
  project: z.string(),
  state: panelStateSchema,
});
export type ToPanel = z.infer<typeof toPanelSchema>;

export const toEditorSchema = z.discriminatedUnion('type', [
  /** The panel is up and wants its first state. */
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('deploy') }),
  z.object({ type: z.literal('selectEnvironment') }),
  z.object({ type: z.literal('showInfrastructure') }),
  z.object({ type: z.literal('compareTemplates'), layer: z.string() }),
  z.object({ type: z.literal('openSource'), source: z.string() }),
  z.object({ type: z.literal('openProblem'), start: z.number(), end: z.number() }),
  /** The panel got something that is not of this protocol. */
  z.object({ type: z.literal('fault'), message: z.string().check(z.maxLength(2_000)) }),
]);

/** From the panel to the editor: what the user pressed. */
export type ToEditor = z.infer<typeof toEditorSchema>;

/** What VS Code keeps of a panel while its window is closed: which Blueprint it is of, nothing else. */
export const panelIdentitySchema = z.object({ project: z.string() });
export type PanelIdentity = z.infer<typeof panelIdentitySchema>;
