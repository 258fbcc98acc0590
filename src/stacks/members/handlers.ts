import { runtimeArtifactKey } from '../artifact-keys.ts';
import { userPoolParameter } from '../cognito.ts';
import { functionResources } from '../function-resources.ts';
import { type EntityHandlers, originsOf, serviceOf, tables } from '../handlers.ts';
import { ref } from '../layer.ts';
import { userPoolVariable } from '../model.ts';
import { physicalName } from '../names.ts';
import { routesKey, type Scope } from '../scope.ts';
import type { Artifact } from '../stack.ts';
import type { TemplateResource } from '../template.ts';
import { apiTimeout } from '../timeout.ts';
import { remembering, writeMembers } from '../written.ts';
import { memberGrants, touchesPool, touchesTenant } from './grants.ts';
import { membersModel } from './model.ts';
import { memberExport, memberLabel, memberOperations, memberStem } from './operations.ts';
import { type Team, teamOf } from './team.ts';

const remembered = remembering<EntityHandlers>();

/**
 * The functions that manage members: one each, so that none can do more than its operation. Undefined where the
 * Blueprint has no tenants whose members could be managed.
 */
export function memberHandlers(scope: Scope): EntityHandlers | undefined {
  const team = teamOf(scope.blueprint);
  if (team === undefined) return undefined;
  const inputs = [scope.key, team.tenant, routesKey(team.resource)];
  return remembered(team.members, inputs, () => makeHandlers(scope, team));
}

function makeHandlers(scope: Scope, team: Team): EntityHandlers {
  const model = JSON.stringify(membersModel(scope, team));
  const artifact: Artifact = {
    key: runtimeArtifactKey(scope.code.runtime, model),
    source: { kind: 'runtime', model },
  };
  const resources: Record<string, TemplateResource> = {};
  for (const { verb } of memberOperations(team)) {
    const label = memberLabel(team, verb);
    Object.assign(
      resources,
      functionResources(scope, {
        stem: memberStem(verb),
        name: physicalName(scope, label),
        label,
        source: 'tenancy',
        handler: `index.${memberExport(verb)}`,
        memory: 256,
        timeout: apiTimeout,
        environment: {
          ...tables([team.members, ...(touchesTenant(verb) ? [team.tenant] : [])]),
          ...(touchesPool(verb) ? { [userPoolVariable]: ref(userPoolParameter) } : {}),
          ...originsOf(scope),
          ...serviceOf(scope),
        },
        grants: memberGrants(team, verb),
        artifact: artifact.key,
      }),
    );
  }
  return { resources: writeMembers(resources), artifact, entities: [team.members, team.tenant], userPool: true };
}

/** The names of these functions in AWS. */
export function memberFunctionNames(scope: Scope): string[] {
  const team = teamOf(scope.blueprint);
  if (team === undefined) return [];
  return memberOperations(team).map(({ verb }) => physicalName(scope, memberLabel(team, verb)));
}
