import { physicalName } from '../names.ts';
import type { Route } from '../routes.ts';
import type { Scope } from '../scope.ts';
import { memberLabel, memberOperations, memberStem } from './operations.ts';
import { teamOf } from './team.ts';

/** The routes of members, below those of their tenant. */
export function memberRoutes(scope: Scope): Route[] {
  const team = teamOf(scope.blueprint);
  if (team === undefined) return [];
  return memberOperations(team).map(({ verb, method, path, access, body }) => {
    const label = memberLabel(team, verb);
    return {
      method,
      path,
      access,
      functionName: physicalName(scope, label),
      stem: memberStem(verb),
      label,
      source: 'tenancy',
      ...(body === undefined ? {} : { body: 'object' as const }),
      at: ['tenancy'],
    };
  });
}
