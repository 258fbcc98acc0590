import type { Blueprint } from '../blueprint/blueprint.ts';
import { closest } from '../blueprint/suggest.ts';
import { userPoolParameter } from '../stacks/cognito.ts';
import { stackName } from '../stacks/names.ts';
import { isOurs } from './names.ts';
import { type Clock, type Connection, type Failure, isFailure } from './ports.ts';
import type { DeploymentProblem } from './problem.ts';
import { withRetries } from './retry.ts';

/** What is to be done about a user's roles. */
export interface RoleWish {
  email: string;
  add?: string;
  remove?: string;
}

export type RolesOutcome =
  /** The roles that the user has now, in the order of the Blueprint. */
  { status: 'found'; roles: string[]; tenant?: string } | { status: 'refused'; problem: DeploymentProblem };

/**
 * Gives and takes roles of a user of the deployed pool, by hand: how the first admin comes to be where the Blueprint
 * has no tenants (who creates a tenant is its admin). The user must have signed up.
 */
export async function userRoles(
  { cloudFormation, users, target }: Pick<Connection, 'cloudFormation' | 'users' | 'target'>,
  clock: Clock,
  blueprint: Blueprint,
  wish: RoleWish,
): Promise<RolesOutcome> {
  const declared = blueprint.auth?.roles ?? [];
  for (const role of [wish.add, wish.remove])
    if (role !== undefined && !declared.includes(role)) return refused(unknownRole(declared, role));

  const scope = { slug: blueprint.project.slug, environment: target.environment };
  const stack = await withRetries(clock, () => cloudFormation.describeStack(stackName(scope, 'cognito')));
  if (isFailure(stack)) return failed('The user pool cannot be looked up.', stack);
  const ours = stack.status === 'found' && isOurs(stack.stack.tags, scope.slug, scope.environment);
  const pool = ours ? stack.stack.outputs[userPoolParameter] : undefined;
  if (pool === undefined) {
    const message = `No user pool is deployed to ${target.environment}.`;
    return refused({ code: 'users-not-deployed', message, hint: 'Add auth to the Blueprint and deploy.' });
  }

  const found = await withRetries(clock, () => users.find(pool, wish.email));
  if (isFailure(found)) return failed('The user cannot be looked up.', found);
  if (found.status === 'absent') {
    const message = `Nobody has signed up as ${wish.email} in ${target.environment}.`;
    return refused({ code: 'unknown-user', message, hint: 'Let them sign up first, then give them the role.' });
  }
  const { user } = found;
  for (const [role, change] of [
    [wish.remove, users.removeFromGroup],
    [wish.add, users.addToGroup],
  ] as const) {
    if (role === undefined) continue;
    const done = await withRetries(clock, () => change(pool, user.name, role));
    if (isFailure(done)) return failed(`The role ${role} cannot be changed.`, done);
    if (done.status === 'no-group') {
      const message = `The role ${role} is not deployed to ${target.environment} yet.`;
      return refused({ code: 'role-not-deployed', message, hint: 'Deploy the Blueprint, then try again.' });
    }
  }
  const groups = await withRetries(clock, () => users.groups(pool, user.name));
  if (isFailure(groups)) return failed('The roles of the user cannot be read.', groups);
  const others = groups.names.filter((name) => !declared.includes(name)).sort();
  return {
    status: 'found',
    roles: [...declared.filter((role) => groups.names.includes(role)), ...others],
    ...(user.tenant === undefined ? {} : { tenant: user.tenant }),
  };
}

function unknownRole(declared: readonly string[], role: string): DeploymentProblem {
  const meant = closest(role, declared);
  const hint =
    declared.length === 0
      ? 'It has none: add them to auth.roles.'
      : meant === undefined
        ? `It has: ${declared.join(', ')}.`
        : `Did you mean ${meant}?`;
  return { code: 'unknown-role', message: `The Blueprint has no role ${role}.`, hint };
}

function failed(message: string, { code, message: cause }: Failure): RolesOutcome {
  return refused({ code, message, cause });
}

function refused(problem: DeploymentProblem): RolesOutcome {
  return { status: 'refused', problem };
}
