import type { Layer } from '../stacks/stack.ts';

/** The bucket of templates, code and history. Named after its account and region, so that it is found without looking. */
export function artifactBucket(account: string, region: string): string {
  return `backdrift-${account}-${region}`;
}

/** ClientRequestToken of a submission: the same submission sent twice is one operation. */
export function requestToken(deployment: number, layer: Layer, attempt: number): string {
  return `bd-${deployment}-${layer}-${attempt}`;
}

/**
 * Tags of every stack, the same on every deployment. They also tell whose stack it is: two projects can be named so
 * that their stacks would share a name (`a-b` in `c`, `a` in `b-c`).
 */
export function stackTags(project: string, environment: string): Record<string, string> {
  return { 'backdrift:project': project, 'backdrift:environment': environment };
}

/** Whether a stack was made for this project and environment. */
export function isOurs(tags: Record<string, string>, project: string, environment: string): boolean {
  return Object.entries(stackTags(project, environment)).every(([key, value]) => tags[key] === value);
}

/** Keys in the bucket. Addressed by content where the content never changes, so that nothing is stored twice. */
export const keys = {
  template: (sha256: string) => `templates/${sha256}.json`,
  blueprint: (sha256: string) => `blueprints/${sha256}`,
  frontend: (sha256: string) => `frontends/${sha256}.zip`,
  deployments: (project: string, environment: string) => `projects/${project}/${environment}/deployments/`,
  deployment: (project: string, environment: string, number: number) =>
    `projects/${project}/${environment}/deployments/${String(number).padStart(6, '0')}.json`,
};
