import type { ResourceDifference } from '../changes/template-diff.ts';
import { noteOf } from './note.ts';
import type { ResourceChange } from './preview.ts';

/** One line for each resource that differs, in the order of the template; what goes away at the end. */
export function resourceChanges(differences: readonly ResourceDifference[]): ResourceChange[] {
  const successors = deploymentSuccessors(differences);
  const replaced = new Set(successors.values());
  return differences.flatMap((difference) => {
    if (replaced.has(difference)) return [];
    const previous = successors.get(difference);
    return [previous ? newDeployment(difference, previous) : changeOf(difference)];
  });
}

function changeOf(difference: ResourceDifference): ResourceChange {
  const { action, logicalId, type, before, after } = difference;
  const metadata = (after ?? before)?.Metadata?.Backdrift;
  const note = noteOf(difference);
  return {
    action,
    logicalId,
    type,
    label: metadata?.label ?? logicalId,
    ...(note === undefined ? {} : { note }),
    properties: [...new Set(difference.properties.map(({ path }) => path[0] ?? ''))],
    ...(metadata === undefined ? {} : { source: metadata.source }),
    ...(difference.retained ? { retained: true } : {}),
    ...(before ? { before } : {}),
    ...(after ? { after } : {}),
  };
}

const deploymentType = 'AWS::ApiGateway::Deployment';

/**
 * A Deployment is a snapshot of an API: every change of the API makes a new one and drops the one before, which says
 * nothing to a reader. The pairs, new one to old one, API by API.
 */
function deploymentSuccessors(differences: readonly ResourceDifference[]): Map<ResourceDifference, ResourceDifference> {
  const deployments = differences.filter(({ type }) => type === deploymentType);
  const old = deployments.filter(({ action }) => action === 'delete');
  const successors = new Map<ResourceDifference, ResourceDifference>();
  for (const made of deployments) {
    if (made.action !== 'create') continue;
    const at = old.findIndex((gone) => apiOf(gone) === apiOf(made));
    if (at >= 0) for (const gone of old.splice(at, 1)) successors.set(made, gone);
  }
  return successors;
}

function apiOf({ before, after }: ResourceDifference): string {
  return JSON.stringify((after ?? before)?.Properties.RestApiId ?? null);
}

function newDeployment(made: ResourceDifference, gone: ResourceDifference): ResourceChange {
  return {
    ...changeOf(made),
    action: 'update',
    previousLogicalId: gone.logicalId,
    note: 'publish changes',
    ...(gone.before ? { before: gone.before } : {}),
  };
}
