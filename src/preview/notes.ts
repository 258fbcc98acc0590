import type { Blueprint } from '../blueprint/blueprint.ts';
import { bootstrapStack } from '../stacks/names.ts';

/** What a deploy does besides the resources of the project's own stacks, in sentences: nothing happens unseen. */
export function notesOf(blueprint: Blueprint, deployedBefore: boolean): string[] {
  return [
    ...(deployedBefore
      ? []
      : [
          `The first deployment to an account and region also makes the stack ${bootstrapStack}: a private bucket for templates, code and history.`,
        ]),
    ...(blueprint.frontend
      ? [`The files in ${blueprint.frontend.directory} are published if they differ from what is live.`]
      : []),
  ];
}
