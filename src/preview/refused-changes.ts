import type { Blueprint } from '../blueprint/blueprint.ts';
import type { BlueprintPath } from '../blueprint/problem.ts';
import { type Refusal, refusalsOf } from '../changes/refusals.ts';
import type { ResourceDifference } from '../changes/template-diff.ts';
import type { CompileProblem } from '../stacks/stack.ts';

/** Changes that AWS would turn away in the middle of a deployment, told before it begins. */
export function refusedChanges(differences: readonly ResourceDifference[], blueprint: Blueprint): CompileProblem[] {
  return differences.flatMap((difference) => {
    const metadata = (difference.after ?? difference.before)?.Metadata?.Backdrift;
    const label = metadata?.label ?? difference.logicalId;
    const path = metadata === undefined ? [] : pathOf(metadata.source, blueprint);
    return refusalsOf(difference).map((refusal) => ({
      code: refusal.code,
      severity: 'error',
      ...wordsOf(refusal, label),
      path,
    }));
  });
}

function wordsOf({ code, names }: Refusal, label: string): { message: string; hint: string } {
  const list = names.join(', ');
  switch (code) {
    case 'several-index-changes':
      return {
        message: `${label} would gain or lose ${names.length} indexes at once (${list}); DynamoDB makes one such change at a time.`,
        hint: 'Deploy index changes one at a time: take back all but one, deploy, then go on with the next. An index also comes with a reference, with list, and with an owner.',
      };
    case 'index-key-changed':
      return {
        message: `${label} cannot change the fields of its index ${list}: DynamoDB fixes them when an index is made.`,
        hint: 'Add an index with another name and deploy; remove the old one in the deployment after that.',
      };
    case 'fixed-property':
      return {
        message: `${label} cannot change ${list}: AWS fixes it when the resource is made.`,
        hint: 'Take the change back.',
      };
    case 'same-name':
      return {
        message: `${label} would have to be made anew under the name that the present one has (${list} differs).`,
        hint: 'Give it another name in the Blueprint, or take the change back.',
      };
    case 'other-type':
      return {
        message: `${label} cannot become a resource of another type under the same logical id.`,
        hint: 'Give it another name in the Blueprint, or remove it, deploy, and add the new one.',
      };
  }
}

/** `entities.task` as a path into the Blueprint, where entities stand in a list. */
function pathOf(source: string, { entities }: Blueprint): BlueprintPath {
  const [section, name] = source.split('.');
  const position = section === 'entities' ? entities.findIndex((entity) => entity.name === name) : -1;
  if (position >= 0) return ['entities', position];
  return section === undefined || section === 'entities' ? [] : [section];
}
