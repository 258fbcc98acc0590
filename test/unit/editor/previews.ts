import type { Preview, ResourceChange, StackPreview } from '../../../src/preview/preview.ts';

/** Previews for the tests of what is said of them. */
export function previewOf(stacks: StackPreview[], change: Partial<Preview> = {}): Preview {
  const counts = { create: 0, update: 0, replace: 0, delete: 0 };
  for (const { action } of stacks.flatMap((stack) => stack.resources)) counts[action] += 1;
  return {
    project: 'Shop',
    environment: 'dev',
    region: 'us-east-2',
    stacks,
    counts,
    problems: [],
    notes: [],
    ...change,
  };
}

export function stackOf(
  layer: StackPreview['layer'],
  action: StackPreview['action'],
  resources: ResourceChange[],
): StackPreview {
  return { layer, name: `backdrift-shop-dev-${layer}`, action, resources, before: '', after: '{}' };
}

export function changeOf(change: Partial<ResourceChange> & Pick<ResourceChange, 'action'>): ResourceChange {
  return { logicalId: 'TasksTable', type: 'AWS::DynamoDB::Table', label: 'tasks-table', properties: [], ...change };
}
