import assert from 'node:assert/strict';
import * as z from 'zod';
import { type DiaryEdit, diary, diaryFiles, edits } from '../../builders/diary.ts';
import { type SuiteAws, startSuiteAws } from '../local-aws.ts';
import {
  assertAsPreviewed,
  type Deployed,
  type LivingProject,
  linesOf,
  livingProject,
} from '../support/living-project.ts';

interface Step {
  what: string;
  edits?: DiaryEdit[];
  /** Files that change with it. */
  files?: Record<string, string>;
  /** What must be among the lines, so that no step is empty by mistake. */
  shows?: RegExp[];
  /** Layers that are touched, and no other. Absent: not looked at. */
  layers?: string[];
}

/** In this order, each on what the one before left. */
const steps: Step[] = [
  {
    what: 'a first deployment',
    shows: [/^dynamodb create NotesTable$/, /^amplify create /],
    layers: ['amplify', 'api', 'cognito', 'dynamodb', 'lambda'],
  },
  { what: 'nothing at all', layers: [] },
  {
    what: 'an entity without routes',
    edits: [edits.addEntity],
    // The dashboard shows the new table too.
    shows: [/^dynamodb create TagsTable$/, /^lambda update Dashboard$/],
    layers: ['dynamodb', 'lambda'],
  },
  {
    what: 'routes for it',
    edits: [edits.addRoutes],
    shows: [/^dynamodb update TagsTable$/, /^lambda create /, /^api update RestApi$/],
  },
  {
    what: 'a reference',
    edits: [edits.addReference],
    shows: [/^dynamodb update TagsTable$/, /^lambda update CreateTagRole$/],
  },
  {
    what: 'a nullable field',
    edits: [edits.addField],
    shows: [/^lambda update CreateNoteFunction$/],
    layers: ['lambda'],
  },
  { what: 'an index', edits: [edits.addIndex], shows: [/^dynamodb update NotesTable$/] },
  { what: 'the index taken away', edits: [edits.removeIndex], shows: [/^dynamodb update NotesTable$/] },
  { what: 'another value of an enum', edits: [edits.changeEnum], shows: [/^lambda update CreateNoteFunction$/] },
  {
    what: 'an endpoint with a function of its own',
    edits: [edits.addEndpoint],
    shows: [/^lambda create CustomJotFunction$/, /^api update RestApi$/],
  },
  {
    what: 'a job, a queue and a storage',
    edits: [edits.addBackground, edits.addStorage],
    shows: [
      /^sqs create /,
      /^s3 create ScansBucket$/,
      /^eventbridge create /,
      /^lambda create StorageUploadScansFunction$/,
    ],
  },
  {
    what: 'other code of a function',
    files: { 'functions/jot.mjs': `${diaryFiles['functions/jot.mjs']}// changed\n` },
    shows: [/^lambda update CustomJotFunction$/],
    layers: ['lambda'],
  },
  { what: 'another access of an operation', edits: [edits.protectDelete], shows: [/^api update RestApi$/] },
  { what: 'another throttle', edits: [edits.changeThrottle], shows: [/^api update Stage$/], layers: ['api'] },
  {
    what: 'an entity and a field of another name',
    edits: [edits.rename],
    shows: [/^dynamodb update NotesTable$/, /^api update RestApi$/],
  },
  { what: 'nothing but the frontend', files: { 'web/index.html': '<h1>New</h1>' }, layers: [] },
  { what: 'fewer operations', edits: [edits.fewerOperations], shows: [/^lambda delete /] },
  {
    what: 'no job and queue any more',
    edits: [edits.removeBackground],
    shows: [/^sqs delete /, /^eventbridge delete /],
  },
  {
    what: 'no storage any more',
    edits: [edits.removeStorage],
    shows: [/^s3 delete ScansBucket$/, /^lambda delete StorageUploadScansFunction$/],
  },
  { what: 'no second entity any more', edits: [edits.removeEntity], shows: [/^dynamodb delete TagsTable$/] },
  { what: 'no sign-in any more', edits: [edits.removeSignIn], shows: [/^cognito delete UserPool$/] },
  { what: 'no frontend any more', edits: [edits.removeFrontend], shows: [/^amplify delete /], layers: ['amplify'] },
  { what: 'nothing once more', layers: [] },
];

describe('what a preview shows is what happens', function () {
  this.timeout(120_000);
  let aws: SuiteAws | undefined;
  let project: LivingProject;
  let row: string | undefined;
  const document = diary();

  before(async function () {
    aws = await startSuiteAws(this);
    project = await livingProject(aws.endpoint, 'diary', diaryFiles);
  });

  after(async () => {
    await project?.stop();
    await aws?.stop();
  });

  for (const { what, edits: changes = [], files = {}, shows = [], layers } of steps) {
    it(what, async () => {
      for (const change of changes) change(document);
      for (const [file, text] of Object.entries(files)) await project.write(file, text);
      const deployed = await project.deploy(document);
      const lines = linesOf(deployed.preview);
      for (const wanted of shows) {
        assert.ok(
          lines.some((line) => wanted.test(line)),
          `${wanted} is not among\n${lines.join('\n')}`,
        );
      }
      if (layers) assert.deepEqual([...new Set(lines.map((line) => line.split(' ')[0]))].sort(), layers);
      assertAsPreviewed(deployed);
      row = await assertAnswers(deployed, row);
    });
  }
});

const made = z.looseObject({ id: z.string() });
const page = z.looseObject({ items: z.array(made) });

/** Health and the public list answer, and the row that was written first is still there. Gives its id. */
async function assertAnswers({ outcome }: Deployed, row: string | undefined): Promise<string> {
  const { apiUrl } = outcome;
  assert.ok(apiUrl);
  const health = await fetch(`${apiUrl}/health`);
  assert.equal(health.status, 200, await health.text());
  if (row === undefined) {
    const written = await fetch(`${apiUrl}/v1/notes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'Rain.', mood: 'bad' }),
    });
    const text = await written.text();
    assert.equal(written.status, 201, text);
    return made.parse(JSON.parse(text)).id;
  }
  const list = await fetch(`${apiUrl}/v1/notes`);
  const text = await list.text();
  assert.equal(list.status, 200, text);
  const found = page.parse(JSON.parse(text)).items.find(({ id }) => id === row);
  assert.ok(found, `the row ${row} is gone: ${text}`);
  assert.deepEqual([found.text ?? found.body, found.mood], ['Rain.', 'bad']);
  return row;
}
