import type { Finding } from '../finding.ts';
import { deployedNames, reservedEnvironment, slug } from '../naming.ts';
import type { BlueprintPath } from '../problem.ts';
import { fileOperations } from '../storage.ts';
import type { Check } from './check.ts';

/** Names as AWS will see them, with project and environment in front: whether they can stay as they are. */
export const checkLengths: Check = ({ draft }) => {
  const { project } = draft;
  if (project === undefined) return [];
  const projectSlug = slug(project.name);
  if (projectSlug === '') {
    return [
      {
        code: 'unusable-name',
        message: `\`${project.name}\` holds no Latin letter or digit, and stacks are named after the project.`,
        hint: 'Write a name with letters from a to z; the description may hold anything.',
        path: ['project', 'name'],
      },
    ];
  }
  const environments = [reservedEnvironment, ...Object.keys(draft.environments)];
  const environment = environments.reduce((longest, name) => (name.length > longest.length ? name : longest));
  const findings: Finding[] = [];
  function check(name: string, limit: number, service: string, path: BlueprintPath): void {
    if (name.length <= limit) return;
    findings.push({
      code: 'name-too-long',
      severity: 'warning',
      message: `On AWS this would be called \`${name}\`: ${name.length} characters. ${service} allows ${limit}, so the name is cut and ends in a hash.`,
      hint: `Shorten it, the project’s name or the environment’s name by ${name.length - limit}.`,
      path,
    });
  }
  const { stack, handler, files, own } = deployedNames;
  check(stack.of(projectSlug, environment), stack.limit, 'CloudFormation', ['project', 'name']);
  for (const { path, value } of draft.api?.resources ?? []) {
    const names = value.operations.map((operation) => handler.of(projectSlug, environment, operation, value.entity));
    const longest = names.reduce((one, other) => (other.length > one.length ? other : one));
    check(longest, handler.limit, 'Lambda', [...path, 'entity']);
  }
  for (const { path, value } of draft.api === undefined ? [] : draft.storage) {
    const names = fileOperations.map((operation) => files.of(projectSlug, environment, operation, value.name));
    const longest = names.reduce((one, other) => (other.length > one.length ? other : one));
    check(longest, files.limit, 'Lambda', [...path, 'name']);
  }
  for (const { path, value } of [...draft.functions, ...draft.workflows]) {
    check(own.of(projectSlug, environment, value.name), own.limit, 'Lambda', [...path, 'name']);
  }
  for (const { path, value } of draft.jobs) {
    check(own.of(projectSlug, environment, value.name), own.limit, 'EventBridge', [...path, 'name']);
  }
  return findings;
};
