import * as z from 'zod';

/** Condition operators, each with condition keys, each with the values that are compared. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** One statement, every element as a list. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: { readonly not: boolean; readonly patterns: readonly string[] };
  readonly resources: { readonly not: boolean; readonly patterns: readonly string[] };
  readonly conditions: Conditions;
}

const texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const scalars = z.union([scalar, z.array(scalar)]).transform((value) => [value].flat());

const statement = z
  .looseObject({
    Effect: z.enum(['Allow', 'Deny']),
    Action: texts.optional(),
    NotAction: texts.optional(),
    Resource: texts.optional(),
    NotResource: texts.optional(),
    Condition: z.record(z.string(), z.record(z.string(), scalars)).optional(),
  })
  .refine((given) => (given.Action === undefined) !== (given.NotAction === undefined), {
    error: 'a statement has either Action or NotAction',
  })
  .refine((given) => (given.Resource === undefined) !== (given.NotResource === undefined), {
    error: 'a statement has either Resource or NotResource',
  })
  .transform(
    (given): Statement => ({
      effect: given.Effect,
      actions: { not: given.Action === undefined, patterns: given.Action ?? given.NotAction ?? [] },
      resources: { not: given.Resource === undefined, patterns: given.Resource ?? given.NotResource ?? [] },
      conditions: given.Condition ?? {},
    }),
  );

const document = z.looseObject({
  Statement: z.union([statement, z.array(statement)]).transform((value) => [value].flat()),
});

/**
 * The statements of an identity-based policy.
 * @throws Error saying what is wrong with it, when it is not one.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function parsePolicy(text: string): Statement[] {
  const parsed = document.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return parsed.data.Statement;
}
