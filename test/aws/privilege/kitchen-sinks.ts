/**
 * Blueprints with everything that gives a function rights: each kind of reference, key, list, storage and queue. Only
 * with the routes that are another case than one before: each function is a function to start.
 */

const field = (name: string, more: object = {}) => ({ name, type: 'string', ...more });
const refers = (name: string, references: string, on_delete: string, more: object = {}) =>
  field(name, { references, on_delete, ...more });
const rest = (entity: string, operations: string[], more: object = {}) => ({
  entity,
  base_path: `/v1/${entity}`,
  operations,
  ...more,
});
const every = ['list', 'create', 'get', 'update', 'delete'];

/** Chains of references, unique values at every level, and rows without routes. */
const entities = [
  {
    name: 'author',
    owner_field: 'owner_id',
    fields: [field('name', { required: true }), field('email', { unique: true }), field('owner_id')],
    indexes: [{ name: 'by_owner', partition: 'owner_id', sort: 'created_at' }],
  },
  { name: 'series', soft_delete: true, fields: [field('title'), field('code', { unique: true })] },
  {
    name: 'book',
    fields: [
      field('title', { required: true, renamed_from: 'headline' }),
      field('isbn', { unique: true, required: true }),
      field('barcode', { unique: true }),
      refers('author_id', 'author', 'restrict', { required: true }),
      refers('series_id', 'series', 'set_null'),
    ],
    indexes: [{ name: 'by_author', partition: 'author_id', sort: 'created_at' }],
  },
  {
    name: 'chapter',
    fields: [
      refers('book_id', 'book', 'cascade', { required: true }),
      field('position', { type: 'integer' }),
      field('slug', { unique: true }),
    ],
  },
  {
    name: 'remark',
    soft_delete: true,
    fields: [refers('chapter_id', 'chapter', 'cascade'), field('text'), field('token', { unique: true })],
  },
  {
    name: 'bookmark',
    fields: [refers('remark_id', 'remark', 'set_null'), refers('chapter_id', 'chapter', 'set_null')],
  },
  { name: 'label', fields: [refers('book_id', 'book', 'set_null', { unique: true }), field('text')] },
];
const ticket = {
  name: 'ticket',
  ttl: 'ends_at',
  fields: [field('code', { unique: true }), field('ends_at', { type: 'datetime' })],
};
const visit = {
  name: 'visit',
  timestamps: false,
  fields: [
    field('page', { primary: true }),
    field('at', { type: 'integer', primary: true, sort: true }),
    refers('book_id', 'book', 'cascade'),
    field('agent'),
  ],
};

const handler = 'functions/nothing.mjs';

export const oneTenant = {
  project: { name: 'One tenant' },
  auth: { roles: ['admin', 'member'] },
  entities: [...entities, ticket, visit],
  api: {
    resources: [
      rest('author', ['list', 'delete'], { auth: 'owner' }),
      rest('series', ['update', 'delete']),
      rest('book', every, { auth: { delete: 'admin' } }),
      rest('chapter', ['create', 'update', 'delete']),
      rest('remark', ['delete']),
      rest('ticket', ['create', 'update']),
      rest('visit', ['list', 'create', 'get'], { allow_scan: true }),
    ],
    endpoints: [{ method: 'POST', path: '/v1/book/{id}/publish', function: 'publish', auth: 'admin' }],
    openapi: 'public',
  },
  functions: [
    {
      name: 'use_everything',
      handler,
      uses: ['book', 'visit:read', 'covers', 'scans:read', 'mails', 'ordered', 'onboarding'],
    },
    { name: 'send_mail', handler, uses: ['author:read'] },
    { name: 'tidy', handler, uses: [] },
    { name: 'publish', handler, uses: ['mails'] },
  ],
  queues: [
    { name: 'mails', function: 'send_mail' },
    { name: 'ordered', function: 'send_mail', fifo: true },
  ],
  jobs: [
    { name: 'tidy', schedule: '0 2 * * *', function: 'tidy' },
    { name: 'tidy_alone', schedule: '0 3 * * *', function: 'tidy', sequential: true },
  ],
  storage: [
    { name: 'covers', access: 'public' },
    { name: 'scans', access: 'owner' },
  ],
  workflows: [{ name: 'onboarding', handler, timeout: '30d', uses: ['author', 'mails'] }],
};

export const manyTenants = {
  project: { name: 'Many tenants' },
  auth: { roles: ['admin', 'member'] },
  tenancy: { mode: 'multi_tenant', tenant_entity: 'library' },
  entities: [
    { name: 'library', fields: [field('name', { required: true })] },
    { name: 'plan', fields: [field('name'), field('code', { unique: true })] },
    ...entities.map((entity) => ({ ...entity, tenancy: 'tenant' })),
    { name: 'branch', tenancy: 'tenant', fields: [field('city'), refers('plan_id', 'plan', 'restrict')] },
  ],
  api: {
    resources: [
      rest('library', ['create', 'get', 'update', 'delete'], { auth: { delete: 'admin' } }),
      rest('plan', ['delete'], { auth: 'admin' }),
      rest('branch', ['list', 'create', 'update']),
      rest('book', ['create', 'update', 'delete']),
      rest('remark', ['delete']),
    ],
    endpoints: [{ method: 'POST', path: '/v1/book/{id}/publish', function: 'publish', auth: 'admin' }],
  },
  functions: [{ name: 'publish', handler, uses: ['branch', 'scans'] }],
  storage: [{ name: 'scans', access: 'member' }],
};
