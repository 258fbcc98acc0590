import * as z from 'zod';
import { validationError } from './service-error.ts';

/** What an update may do to a resource. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html */
export type PolicyAction = 'Update:Modify' | 'Update:Replace' | 'Update:Delete';

const oneOrMore = z.union([z.string().transform((text) => [text]), z.array(z.string())]);
const policySchema = z.object({
  Statement: z
    .array(
      z.object({
        Effect: z.enum(['Allow', 'Deny']),
        Action: oneOrMore.optional(),
        NotAction: oneOrMore.optional(),
        Principal: z.unknown().optional(),
        Resource: oneOrMore.optional(),
        NotResource: oneOrMore.optional(),
        Condition: z.record(z.string(), z.object({ ResourceType: oneOrMore })).optional(),
      }),
    )
    .min(1),
});

export type StackPolicy = z.infer<typeof policySchema>;

/** @throws ServiceError ValidationError when the text is no stack policy. */
export function parseStackPolicy(text: string): StackPolicy {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw validationError('Error validating stack policy: Malformed input: the policy is not well-formed JSON.');
  }
  const parsed = policySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw validationError(`Error validating stack policy: ${issue?.path.join('.')}: ${issue?.message}`);
}

/** Why the policy does not let an update do this; undefined when it does. Without a policy everything is allowed. */
export function policyDenial(
  policy: StackPolicy | undefined,
  action: PolicyAction,
  resource: { logicalId: string; type: string },
): string | undefined {
  if (!policy) return undefined;
  const matching = policy.Statement.map((statement, index) => ({ statement, number: index + 1 })).filter(
    ({ statement }) => matches(statement, action, resource),
  );
  const deny = matching.find(({ statement }) => statement.Effect === 'Deny');
  const subject = `does not allow [${action}] for resource [LogicalResourceId/${resource.logicalId}]`;
  if (deny) return `Action denied by stack policy: Statement [#${deny.number}] ${subject}`;
  return matching.length > 0 ? undefined : `Action denied by stack policy: it ${subject}`;
}

function matches(
  statement: StackPolicy['Statement'][number],
  action: PolicyAction,
  resource: { logicalId: string; type: string },
): boolean {
  const { Action, NotAction, Resource, NotResource, Condition } = statement;
  const target = `LogicalResourceId/${resource.logicalId}`;
  const actionMatches = Action
    ? Action.some((p) => like(p, action))
    : !(NotAction ?? ['*']).some((p) => like(p, action));
  const resourceMatches = Resource
    ? Resource.some((p) => like(p, target))
    : !(NotResource ?? []).some((p) => like(p, target));
  const conditionsMatch = Object.entries(Condition ?? {}).every(([operator, { ResourceType }]) => {
    const found = ResourceType.some((p) => (operator.endsWith('Like') ? like(p, resource.type) : p === resource.type));
    return operator.includes('Not') ? !found : found;
  });
  return actionMatches && resourceMatches && conditionsMatch;
}

function like(pattern: string, text: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(text);
}
