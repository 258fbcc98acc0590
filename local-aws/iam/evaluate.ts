import { checkConditions, substituted } from './condition.ts';
import type { RequestContext } from './context.ts';
import { matchesArn, matchesGlob } from './glob.ts';
import type { Statement } from './policy.ts';

/** The policies of a role, taken together. */
export interface RolePolicies {
  /** Inline and attached. */
  readonly identity: readonly Statement[];
  /** Undefined where the role has no permissions boundary. */
  readonly boundary: readonly Statement[] | undefined;
}

export type Decision =
  | { allowed: true }
  /** `because` is the end of AWS's sentence: "no identity-based policy allows the dynamodb:Query action". */
  | { allowed: false; because: string };

/**
 * Whether a role may: an explicit Deny wins, then an Allow is needed, and one of the boundary's too where there is one.
 * Resource policies are not looked at: within one account they can only widen what a role may, or forbid (as the TLS-only
 * policies of buckets do), and there is no TLS here.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 * @param onUnknown Told the name of each condition operator that cannot be judged here: it then counts against the
 *   request, as not matched in an Allow and as matched in a Deny.
 */
export function evaluate(
  policies: RolePolicies,
  action: string,
  resource: string,
  context: RequestContext,
  onUnknown: (operator: string) => void = () => {},
): Decision {
  const matching = (statements: readonly Statement[], effect: Statement['effect']) =>
    statements.some(
      (statement) => statement.effect === effect && applies(statement, action, resource, context, onUnknown),
    );
  const { identity, boundary } = policies;
  if (matching(identity, 'Deny')) return refused('with an explicit deny in an identity-based policy');
  if (boundary !== undefined && matching(boundary, 'Deny'))
    return refused('with an explicit deny in a permissions boundary');
  if (!matching(identity, 'Allow')) return refused(`because no identity-based policy allows the ${action} action`);
  if (boundary !== undefined && !matching(boundary, 'Allow'))
    return refused(`because no permissions boundary allows the ${action} action`);
  return { allowed: true };
}

function refused(because: string): Decision {
  return { allowed: false, because };
}

function applies(
  statement: Statement,
  action: string,
  resource: string,
  context: RequestContext,
  onUnknown: (operator: string) => void,
): boolean {
  const { actions, resources, conditions, effect } = statement;
  const lowerCase = action.toLowerCase();
  if (actions.patterns.some((pattern) => matchesGlob(pattern.toLowerCase(), lowerCase)) === actions.not) return false;
  const named = resources.patterns.some((pattern) => {
    const filled = substituted(pattern, context);
    return filled !== undefined && matchesArn(filled, resource);
  });
  if (named === resources.not) return false;
  const result = checkConditions(conditions, context);
  if (result === 'hold' || result === 'fail') return result === 'hold';
  onUnknown(result.unknown);
  return effect === 'Deny';
}
