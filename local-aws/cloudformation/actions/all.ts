import type { Action } from './action.ts';
import {
  createChangeSet,
  deleteChangeSet,
  describeChangeSet,
  executeChangeSet,
  listChangeSets,
} from './change-sets.ts';
import { createStack } from './create-stack.ts';
import { deleteStack } from './delete-stack.ts';
import { describeStacks, listStacks } from './describe-stacks.ts';
import { cancelUpdateStack, continueUpdateRollback, rollbackStack } from './roll-back-stack.ts';
import { describeEvents, describeStackEvents } from './stack-events.ts';
import { describeStackResource, describeStackResources, listStackResources } from './stack-resources.ts';
import {
  getStackPolicy,
  listExports,
  listImports,
  setStackPolicy,
  updateTerminationProtection,
} from './stack-settings.ts';
import { describeAccountLimits, getTemplate, getTemplateSummary, validateTemplateAction } from './templates.ts';
import { updateStack } from './update-stack.ts';

/** What this CloudFormation can do, by the name of the action. */
export const actions: ReadonlyMap<string, Action> = new Map(
  [
    ...[createStack, updateStack, deleteStack, describeStacks, listStacks],
    ...[describeStackEvents, describeEvents, describeStackResources, describeStackResource, listStackResources],
    ...[createChangeSet, describeChangeSet, executeChangeSet, deleteChangeSet, listChangeSets],
    ...[cancelUpdateStack, continueUpdateRollback, rollbackStack],
    ...[getTemplate, getTemplateSummary, validateTemplateAction, describeAccountLimits],
    ...[setStackPolicy, getStackPolicy, updateTerminationProtection, listExports, listImports],
  ].map((action) => [action.name, action]),
);
