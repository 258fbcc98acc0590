import type { Command, OptionDescription } from './command.ts';

const directory: OptionDescription = {
  type: 'string',
  value: 'DIR',
  help: 'Where the Blueprint (backdrift.yaml, .yml or .json) is. Default: here.',
};
const environment: OptionDescription = {
  type: 'string',
  value: 'NAME',
  help: 'An environment of the Blueprint, or local for the local AWS. Default: the first one in the Blueprint.',
};
const profile: OptionDescription = {
  type: 'string',
  value: 'NAME',
  help: 'A profile of your AWS configuration. Default: as every AWS tool finds credentials.',
};
const json: OptionDescription = { type: 'boolean', help: 'Write one JSON document instead of text.' };

/** Every command of the command line, in the order of help. */
export const commands: readonly Command[] = [
  {
    name: 'compile',
    summary: 'Turn the Blueprint into CloudFormation templates',
    details: 'Writes one template a stack and manifest.json into --out DIR; without --out, says what it would write.',
    options: {
      out: { type: 'string', value: 'DIR', help: 'Where to write the templates and manifest.json.' },
      environment,
      directory,
      json,
    },
    load: () => import('./commands/compile.ts'),
  },
  {
    name: 'openapi',
    summary: 'Write the API as an OpenAPI document',
    details:
      'OpenAPI 3.1, for client generators, documentation and tests. Needs no credentials, no network and no deployment.',
    options: {
      format: { type: 'string', value: 'yaml|json', help: 'Default: yaml.' },
      out: { type: 'string', value: 'FILE', help: 'Where to write it. Default: standard output.' },
      server: { type: 'string', value: 'URL', help: 'The address of the API. Default: /api, its path on AWS.' },
      directory,
    },
    load: () => import('./commands/openapi.ts'),
  },
  {
    name: 'preview',
    summary: 'Show what a deploy would change',
    details:
      'Compares with what was deployed last from this machine. Needs no credentials and no network, and changes nothing.',
    options: { environment, directory, json },
    load: () => import('./commands/preview.ts'),
  },
  {
    name: 'deploy',
    summary: 'Create and update the stacks',
    details:
      'Compares with what is in the account, shows the preview, asks, deploys. Ctrl-C starts no further stack; what runs in AWS is followed to its end.',
    options: {
      environment,
      directory,
      profile,
      yes: { type: 'boolean', help: 'Do not ask. Needed where nobody can be asked.' },
      acknowledge: { type: 'boolean', help: 'Go on although data is deleted or replaced.' },
      json,
    },
    load: () => import('./commands/deploy.ts'),
  },
  {
    name: 'status',
    summary: 'Show every stack as it is in the account now',
    details: 'Reads from CloudFormation, also stacks of layers that are in the Blueprint no more.',
    options: { environment, directory, profile, json },
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'run',
    summary: 'Run a job now',
    details: 'Puts the job into its queue as its schedule would, and waits for the end of the first attempt.',
    argument: 'JOB',
    options: {
      environment,
      directory,
      profile,
      wait: { type: 'string', value: 'SECONDS', help: 'How long to wait for the end, 0 to 900. Default: 30.' },
      json,
    },
    load: () => import('./commands/run.ts'),
  },
  {
    name: 'users',
    summary: 'Show the roles of a user, give or take one',
    details:
      'The user is named by the email they signed up with. This is how the first admin of a backend without tenants comes to be; where there are tenants, who creates one is its admin, and roles are given through the API.',
    argument: 'EMAIL',
    options: {
      'add-role': { type: 'string', value: 'ROLE', help: 'Give the user a role of auth.roles.' },
      'remove-role': { type: 'string', value: 'ROLE', help: 'Take a role from the user.' },
      environment,
      directory,
      profile,
      json,
    },
    load: () => import('./commands/users.ts'),
  },
  {
    name: 'history',
    summary: 'List the deployments, newest first',
    details: 'Reads from the bucket in the account.',
    options: {
      environment,
      directory,
      profile,
      limit: { type: 'string', value: 'N', help: 'How many at most. Default: 20.' },
      json,
    },
    load: () => import('./commands/history.ts'),
  },
];
