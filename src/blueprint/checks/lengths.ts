import type { Finding } from '../finding.ts';
import { deployedNames, reservedEnvironment, slug } from '../naming.ts';
import type { BlueprintPath } from '../problem.ts';
import type { Check } from './check.ts';

/** Names as AWS will see them, with project and environment in front, stay within the limits of the services. */
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
      message: `On AWS this would be called \`${name}\`: ${name.length} characters, and ${service} allows ${limit}.`,
      hint: `Shorten it, the project’s name or the environment’s name by ${name.length - limit}.`,
      path,
    });
  }
  const { stack, handler, function: own, schedule, queue, bucket } = deployedNames;
  check(stack.of(projectSlug, environment), stack.limit, 'CloudFormation', ['project', 'name']);
  for (const { path, value } of draft.api?.resources ?? []) {
    const operation = value.operations.reduce((longest, name) => (name.length > longest.length ? name : longest));
    check(handler.of(projectSlug, environment, operation, value.entity), handler.limit, 'Lambda', [...path, 'entity']);
  }
  for (const { path, value } of [...draft.functions, ...draft.workflows]) {
    check(own.of(projectSlug, environment, value.name), own.limit, 'Lambda', [...path, 'name']);
  }
  for (const { path, value } of draft.jobs) {
    check(schedule.of(projectSlug, environment, value.name), schedule.limit, 'EventBridge Scheduler', [
      ...path,
      'name',
    ]);
  }
  for (const { path, value } of draft.queues) {
    check(queue.of(projectSlug, environment, value.name), queue.limit, 'SQS', [...path, 'name']);
  }
  for (const { path, value } of draft.storage) {
    check(bucket.of(projectSlug, environment, value.name), bucket.limit, 'S3', [...path, 'name']);
  }
  return findings;
};
