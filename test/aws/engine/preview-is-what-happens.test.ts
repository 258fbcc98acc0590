import assert from 'node:assert/strict';
import * as z from 'zod';
import { type SuiteAws, startSuiteAws } from '../local-aws.ts';
import {
  assertAsPreviewed,
  type Deployed,
  type LivingProject,
  linesOf,
  livingProject,
} from '../support/living-project.ts';

const page = z.looseObject({ items: z.array(z.looseObject({ id: z.string() })) });

const field = (name: string, more: object = {}) => ({ name, ...more });
const note = {
  name: 'note',
  fields: [field('text', { required: true }), field('mood', { type: 'enum', enum: ['good', 'bad'] }), field('topic')],
};
const notes = { entity: 'note', base_path: '/v1/notes', auth: 'public' };
const handler = 'export const handler = async () => ({ statusCode: 200, body: "{}" });\n';

/** The Blueprint under edit: each step starts from what the one before left. */
const first = {
  project: { name: 'Diary' },
  region: 'us-east-2',
  auth: { roles: ['admin'] },
  entities: [note],
  api: { cors: { origins: ['*'] }, resources: [notes] },
  frontend: { directory: 'web' },
};
const tag = { name: 'tag', fields: [field('label'), field('note_id', { references: 'note', on_delete: 'cascade' })] };
const jot = {
  functions: [{ name: 'jot', handler: 'functions/jot.mjs', uses: ['note'] }],
  api: {
    ...first.api,
    resources: [notes, { entity: 'tag' }],
    endpoints: [{ method: 'POST', path: '/v1/jot', function: 'jot', auth: 'public' }],
  },
};
const background = {
  jobs: [{ name: 'nightly', schedule: '0 2 * * *', function: 'jot' }],
  queues: [{ name: 'mails', function: 'jot' }],
  storage: [{ name: 'scans', access: 'authenticated' }],
};

interface Step {
  what: string;
  document: object;
  /** Files that change with it. */
  files?: Record<string, string>;
  /** What must be among the lines, so that no step is empty by mistake. */
  shows: RegExp[];
  /** Layers that must be touched, and no other. */
  layers?: string[];
}

const richer = { ...note, fields: [...note.fields, field('weather')] };
const indexed = { ...richer, indexes: [{ name: 'by_topic', partition: 'topic' }] };
const moods = {
  ...indexed,
  fields: indexed.fields.map((one) => (one.name === 'mood' ? { ...one, enum: ['good', 'bad', 'mixed'] } : one)),
};
const renamed = {
  ...moods,
  name: 'memo',
  renamed_from: 'note',
  fields: moods.fields.map((one) => (one.name === 'text' ? { ...one, name: 'body', renamed_from: 'text' } : one)),
};
const memos = { ...notes, entity: 'memo' };
const full = { ...first, ...jot, ...background, entities: [moods, tag] };
const locked = {
  ...full,
  api: {
    ...full.api,
    resources: [
      { ...notes, auth: { list: 'public', get: 'public', create: 'public', update: 'public', delete: 'admin' } },
      { entity: 'tag' },
    ],
  },
};
const throttled = { ...locked, api: { ...locked.api, throttle: { rate: 20, burst: 40 } } };
const later = {
  ...throttled,
  entities: [
    renamed,
    { ...tag, fields: [field('label'), field('note_id', { references: 'memo', on_delete: 'cascade' })] },
  ],
  functions: [{ name: 'jot', handler: 'functions/jot.mjs', uses: ['memo'] }],
  api: { ...throttled.api, resources: [{ ...memos, auth: protectedDelete }, { entity: 'tag' }] },
};
const fewer = {
  ...later,
  api: {
    ...later.api,
    resources: [{ ...memos, operations: ['list', 'get', 'create'], auth: 'public' }, { entity: 'tag' }],
  },
};
const { storage: _storage, jobs: _jobs, queues: _queues, ...withoutBackground } = fewer;
const single = {
  ...withoutBackground,
  entities: [renamed],
  api: { ...fewer.api, resources: [fewer.api.resources[0]] },
};
const { auth: _auth, frontend: _frontend, ...open } = single;

const steps: Step[] = [
  {
    what: 'a first deployment',
    document: first,
    shows: [/^dynamodb create /, /^amplify create /],
    layers: ['cognito', 'dynamodb', 'lambda', 'api', 'amplify'],
  },
  { what: 'nothing at all', document: first, shows: [], layers: [] },
  {
    what: 'an entity without routes',
    document: { ...first, entities: [note, { ...tag, fields: [field('label')] }] },
    shows: [/^dynamodb create TagsTable$/],
    layers: ['dynamodb'],
  },
  {
    what: 'a reference and routes for it',
    document: { ...first, entities: [note, tag], api: { ...first.api, resources: [notes, { entity: 'tag' }] } },
    shows: [/^dynamodb update TagsTable$/, /^api update RestApi$/],
  },
  {
    what: 'a nullable field',
    document: { ...first, entities: [richer, tag], api: { ...first.api, resources: [notes, { entity: 'tag' }] } },
    shows: [/^api update RestApi$/, /^lambda update /],
    layers: ['lambda', 'api'],
  },
  {
    what: 'an index',
    document: { ...first, entities: [indexed, tag], api: { ...first.api, resources: [notes, { entity: 'tag' }] } },
    shows: [/^dynamodb update NotesTable$/],
  },
  {
    what: 'the index taken away',
    document: { ...first, entities: [richer, tag], api: { ...first.api, resources: [notes, { entity: 'tag' }] } },
    shows: [/^dynamodb update NotesTable$/],
  },
  {
    what: 'another value of an enum, the index back',
    document: { ...first, entities: [moods, tag], api: { ...first.api, resources: [notes, { entity: 'tag' }] } },
    shows: [/^api update RestApi$/],
  },
  {
    what: 'an endpoint with a function',
    document: { ...first, ...jot, entities: [moods, tag] },
    shows: [/^lambda create CustomJotFunction$/, /^api update RestApi$/],
  },
  {
    what: 'a job, a queue and a storage',
    document: full,
    shows: [/^sqs create /, /^s3 create /, /^eventbridge create /],
  },
  {
    what: 'other code of a function',
    document: full,
    files: { 'functions/jot.mjs': `${handler}// changed\n` },
    shows: [/^lambda update CustomJotFunction$/],
    layers: ['lambda'],
  },
  { what: 'another access of an operation', document: locked, shows: [/^api update RestApi$/] },
  { what: 'another throttle', document: throttled, shows: [/^api update Stage$/], layers: ['api'] },
  { what: 'an entity and a field of another name', document: later, shows: [/^api update RestApi$/] },
  {
    what: 'nothing but the frontend',
    document: later,
    files: { 'web/index.html': '<h1>New</h1>' },
    shows: [],
    layers: [],
  },
  { what: 'fewer operations', document: fewer, shows: [/^lambda delete /] },
  {
    what: 'no job, queue and storage any more',
    document: withoutBackground,
    shows: [/^sqs delete /, /^s3 delete ScansBucket$/, /^eventbridge delete /],
  },
  { what: 'no second entity any more', document: single, shows: [/^dynamodb delete TagsTable$/] },
  { what: 'no sign-in and no frontend any more', document: open, shows: [/^cognito delete /, /^amplify delete /] },
  { what: 'nothing once more', document: open, shows: [], layers: [] },
];

describe('what a preview shows is what happens', function () {
  this.timeout(120_000);
  let aws: SuiteAws | undefined;
  let project: LivingProject;
  let row: string | undefined;

  before(async function () {
    aws = await startSuiteAws();
    if (aws === undefined) return this.skip();
    project = await livingProject(aws.endpoint, 'diary', {
      'functions/jot.mjs': handler,
      'web/index.html': '<h1>Diary</h1>',
    });
  });

  after(async () => {
    project?.stop();
    await aws?.stop();
  });

  for (const { what, document, files = {}, shows, layers } of steps) {
    it(what, async () => {
      for (const [file, text] of Object.entries(files)) await project.write(file, text);
      const deployed = await project.deploy(document);
      const lines = linesOf(deployed.preview);
      for (const wanted of shows)
        assert.ok(
          lines.some((line) => wanted.test(line)),
          `${wanted}\n${lines.join('\n')}`,
        );
      if (layers) assert.deepEqual(new Set(lines.map((line) => line.split(' ')[0])), new Set(layers));
      assertAsPreviewed(deployed);
      row = await assertAnswers(deployed, row);
    });
  }
});

/** Health and the public list answer, and the row that was written first is still there. Gives its id. */
async function assertAnswers({ outcome }: Deployed, row: string | undefined): Promise<string> {
  const { apiUrl } = outcome;
  assert.ok(apiUrl);
  const health = await fetch(`${apiUrl}/health`);
  assert.equal(health.status, 200, await health.text());
  if (row === undefined) {
    const made = await fetch(`${apiUrl}/v1/notes`, { method: 'POST', body: JSON.stringify({ text: 'Rain.' }) });
    const text = await made.text();
    assert.equal(made.status, 201, text);
    return z.looseObject({ id: z.string() }).parse(JSON.parse(text)).id;
  }
  const list = await fetch(`${apiUrl}/v1/notes`);
  const text = await list.text();
  assert.equal(list.status, 200, text);
  const found = page.parse(JSON.parse(text)).items.find(({ id }) => id === row);
  assert.ok(found, `the row ${row} is gone: ${text}`);
  assert.equal(found.text ?? found.body, 'Rain.');
  return row;
}
