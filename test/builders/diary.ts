/** A Blueprint as its text has it, with the keys that the edits below touch. */
export interface Diary {
  project: { name: string };
  region: string;
  auth?: { roles: string[] };
  entities: DiaryEntity[];
  api: {
    cors: { origins: string[] };
    throttle?: { rate: number; burst: number };
    resources: DiaryRoutes[];
    endpoints?: object[];
  };
  functions?: { name: string; handler: string; uses: string[] }[];
  jobs?: object[];
  queues?: object[];
  storage?: object[];
  frontend?: { directory: string };
}

export interface DiaryEntity {
  name: string;
  renamed_from?: string;
  fields: DiaryField[];
  indexes?: { name: string; partition: string }[];
}

export interface DiaryField {
  name: string;
  type?: string;
  required?: boolean;
  primary?: boolean;
  enum?: string[];
  references?: string;
  on_delete?: string;
  renamed_from?: string;
}

export interface DiaryRoutes {
  entity: string;
  base_path?: string;
  operations?: string[];
  auth?: string | Record<string, string>;
}

/** One entity with public routes, sign-in, and a frontend. */
export function diary(name = 'Diary'): Diary {
  return {
    project: { name },
    region: 'us-east-2',
    auth: { roles: ['admin'] },
    entities: [
      {
        name: 'note',
        fields: [
          { name: 'text', required: true },
          { name: 'mood', type: 'enum', enum: ['good', 'bad'] },
          { name: 'topic' },
        ],
      },
    ],
    api: { cors: { origins: ['*'] }, resources: [{ entity: 'note', base_path: '/v1/notes', auth: 'public' }] },
    frontend: { directory: 'web' },
  };
}

/** What the folder of a diary holds besides its Blueprint. */
export const diaryFiles = {
  'functions/jot.mjs': 'export const handler = async () => ({ statusCode: 200, body: "{}" });\n',
  'web/index.html': '<h1>Diary</h1>',
};

/** An edit of a diary. One at a time is what DynamoDB takes: none makes two changes to the indexes of a table. */
export type DiaryEdit = (diary: Diary) => void;

const noteOf = (of: Diary): DiaryEntity | undefined =>
  of.entities.find(({ name, renamed_from }) => name === 'note' || renamed_from === 'note');
const routesOf = (of: Diary, entity: string): DiaryRoutes | undefined =>
  of.api.resources.find((routes) => routes.entity === entity);
const noteRoutes = (of: Diary): DiaryRoutes | undefined => routesOf(of, noteOf(of)?.name ?? '');
const hasTag = (of: Diary): boolean => of.entities.some(({ name }) => name === 'tag');

export const edits = {
  addEntity(of) {
    if (!hasTag(of)) of.entities.push({ name: 'tag', fields: [{ name: 'label' }] });
  },
  addRoutes(of) {
    if (hasTag(of) && !routesOf(of, 'tag')) of.api.resources.push({ entity: 'tag', auth: 'public' });
  },
  addReference(of) {
    const tag = of.entities.find(({ name }) => name === 'tag');
    const note = noteOf(of);
    if (!tag || !note || tag.fields.some(({ references }) => references)) return;
    tag.fields.push({ name: 'note_id', references: note.name, on_delete: 'cascade' });
  },
  addField(of) {
    const fields = noteOf(of)?.fields ?? [];
    fields.push({ name: `extra_${fields.length}` });
  },
  addIndex(of) {
    const note = noteOf(of);
    if (note) note.indexes = [{ name: 'by_topic', partition: 'topic' }];
  },
  removeIndex(of) {
    delete noteOf(of)?.indexes;
  },
  changeEnum(of) {
    for (const { enum: values } of noteOf(of)?.fields ?? []) values?.push(`mood-${values.length}`);
  },
  protectDelete(of) {
    const routes = noteRoutes(of);
    if (!routes || !of.auth) return;
    routes.auth = { list: 'public', get: 'public', create: 'public', update: 'public', delete: 'admin' };
  },
  openEverything(of) {
    for (const routes of of.api.resources) routes.auth = 'public';
  },
  addEndpoint(of) {
    of.functions = [{ name: 'jot', handler: 'functions/jot.mjs', uses: [noteOf(of)?.name ?? ''] }];
    of.api.endpoints = [{ method: 'POST', path: '/v1/jot', function: 'jot', auth: 'public' }];
  },
  addBackground(of) {
    if (!of.functions) return;
    of.jobs = [{ name: 'nightly', schedule: '0 2 * * *', function: 'jot' }];
    of.queues = [{ name: 'mails', function: 'jot' }];
  },
  addStorage(of) {
    of.storage = [{ name: 'scans', access: of.auth ? 'authenticated' : 'public' }];
  },
  changeThrottle(of) {
    of.api.throttle = { rate: 20 + (of.api.throttle?.rate ?? 0), burst: 200 };
  },
  rename(of) {
    const note = noteOf(of);
    const text = note?.fields.find(({ name }) => name === 'text');
    if (!note || !text || note.renamed_from) return;
    Object.assign(text, { name: 'body', renamed_from: 'text' });
    const routes = noteRoutes(of);
    if (routes) routes.entity = 'memo';
    Object.assign(note, { name: 'memo', renamed_from: 'note' });
    for (const { fields } of of.entities) for (const field of fields) if (field.references) field.references = 'memo';
    for (const { uses } of of.functions ?? []) uses.splice(0, 1, 'memo');
  },
  fewerOperations(of) {
    const routes = noteRoutes(of);
    if (routes) Object.assign(routes, { operations: ['list', 'get', 'create'], auth: 'public' });
  },
  removeBackground(of) {
    delete of.jobs;
    delete of.queues;
  },
  removeStorage(of) {
    delete of.storage;
  },
  removeEntity(of) {
    of.entities = of.entities.filter(({ name }) => name !== 'tag');
    of.api.resources = of.api.resources.filter(({ entity }) => entity !== 'tag');
  },
  removeSignIn(of) {
    edits.openEverything(of);
    delete of.auth;
    for (const bucket of of.storage ?? []) Object.assign(bucket, { access: 'public' });
  },
  removeFrontend(of) {
    delete of.frontend;
  },
  nothing() {},
} satisfies Record<string, DiaryEdit>;
