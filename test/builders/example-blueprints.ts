import type { Blueprint } from '../../src/blueprint/blueprint.ts';
import { impliedMembers } from '../../src/blueprint/tenants.ts';
import { api, auth, blueprint, entity, field, routes, userFunction } from './blueprint.ts';

/** The page's typical project: two entities, sign-in, a frontend. */
export function taskManager(): Blueprint {
  return blueprint({
    auth: auth(),
    entities: [
      entity('project', [field('name', { required: true, max_length: 100 })]),
      entity(
        'task',
        [
          field('title', { required: true, max_length: 200 }),
          field('priority', { type: 'enum', enum: ['low', 'medium', 'high'], default: 'medium' }),
          field('done', { type: 'boolean', default: false }),
          field('due', { type: 'date' }),
          field('project_id', { references: 'project', on_delete: 'cascade' }),
        ],
        { indexes: [{ name: 'by_project', partition: 'project_id', sort: 'created_at' }] },
      ),
    ],
    api: api({ cors: { origins: ['*'] }, resources: [routes('project'), routes('task')] }),
    frontend: { directory: 'web/dist', spa: true },
  });
}

/** Several tenants, roles, owners, own functions, jobs, queues, files and a workflow: every layer. */
export function saasCrm(): Blueprint {
  const tenantField = 'organization_id';
  const roles = ['admin', 'sales', 'viewer'];
  return blueprint({
    name: 'SaaS CRM',
    environments: {
      dev: { region: 'us-east-2', protected: false },
      prod: { region: 'us-east-2', account: '210987654321', protected: true },
    },
    auth: auth({ roles, mfa: 'optional', plan: 'plus' }),
    tenancy: {
      mode: 'multi_tenant',
      tenant_entity: 'organization',
      field: tenantField,
      member_entity: 'organization_member',
    },
    entities: [
      entity('organization', [field('name', { required: true })]),
      entity('contact', [field('email', { required: true, unique: true }), field('owner_id', { managed: true })], {
        tenantField,
        owner_field: 'owner_id',
      }),
      entity(
        'deal',
        [
          field('title', { required: true, min_length: 3 }),
          field('value', { type: 'number', min: 0 }),
          field('contact_id', { required: true, references: 'contact', on_delete: 'restrict' }),
          field('reviewer_id', { references: 'contact', on_delete: 'set_null' }),
          field('stage', { type: 'enum', enum: ['open', 'won', 'lost'], required: true }),
          field('extra', { type: 'json' }),
        ],
        { tenantField, soft_delete: true },
      ),
      entity(
        'line_item',
        [
          field('deal_id', { required: true, references: 'deal', on_delete: 'cascade' }),
          field('line', { type: 'integer', required: true }),
        ],
        { tenantField, key: { partition: 'deal_id', sort: 'line' } },
      ),
      entity('invite', [field('code', { required: true }), field('expires', { type: 'datetime', required: true })], {
        tenantField,
        ttl: 'expires',
      }),
      impliedMembers('organization', tenantField, roles),
    ],
    api: api({
      cors: { origins: ['https://crm.example.com', 'https://admin.example.com'] },
      resources: [
        routes('organization'),
        routes('contact', { allow: { level: 'owner' } }),
        routes('deal', { allow: { level: 'role', role: 'sales' } }),
        routes('line_item', { base_path: '/v1/line-items' }),
        routes('invite', { only: ['list', 'create', 'delete'], allow: { level: 'role', role: 'admin' } }),
      ],
      endpoints: [
        {
          method: 'POST',
          path: '/v1/deals/{id}/close',
          function: 'close_deal',
          access: { level: 'owner' },
          request: {
            type: 'object',
            properties: { reason: { type: 'string', maxLength: 500 }, Ref: { type: 'string' } },
            required: ['reason'],
          },
          deprecated: false,
        },
      ],
    }),
    functions: [
      userFunction('close_deal', { uses: ['deal', 'contact:read', 'emails', 'attachments:read', 'onboarding'] }),
      userFunction('archive_deals', { uses: ['deal'], environment: { ARCHIVE_AFTER_DAYS: '90' } }),
      userFunction('send_email', { timeout: 60, environment: { SENDER: 'hello@example.com' } }),
    ],
    jobs: [
      { name: 'archive', schedule: '0 2 * * *', function: 'archive_deals', sequential: false },
      { name: 'report', schedule: '*/15 8-18 * * MON-FRI', function: 'archive_deals', sequential: true },
    ],
    queues: [
      { name: 'emails', function: 'send_email', fifo: false },
      { name: 'ordered', function: 'send_email', fifo: true },
    ],
    storage: [
      { name: 'attachments', access: 'owner', versioning: true },
      { name: 'exports', access: 'admin', versioning: false },
    ],
    workflows: [
      { name: 'onboarding', handler: 'workflows/onboarding.ts', timeout: '30d', uses: ['organization', 'emails'] },
    ],
    frontend: { directory: 'web/dist', spa: false },
  });
}

/** Public reads, no tenants, long names, renamed things, a key of two fields without timestamps, a scan. */
export function blog(): Blueprint {
  return blueprint({
    name: 'A blog with a name that is far too long for AWS to like it',
    auth: auth({ roles: [], mfa: 'required', plan: 'lite', tokens: { access: '10m', id: '45m', refresh: '12h' } }),
    entities: [
      entity('post', [field('headline', { required: true, renamed_from: 'title' }), field('slug', { unique: true })], {
        renamed_from: 'article',
        indexes: [{ name: 'by_headline', partition: 'headline' }],
      }),
      entity('reading_statistic_of_a_visitor', [field('page', { required: true }), field('at', { type: 'number' })], {
        key: { partition: 'page', sort: 'at' },
        timestamps: false,
      }),
      entity('comment', [
        field('post_id', { required: true, references: 'post', on_delete: 'cascade', pattern: '[a-z]+' }),
      ]),
    ],
    api: api({
      resources: [
        routes('post', { base_path: '/posts', allow: { level: 'public' }, only: ['list', 'get'] }),
        routes('reading_statistic_of_a_visitor', { allow_scan: true }),
        routes('comment', { base_path: '/', only: ['list', 'create'], allow: { level: 'public' } }),
      ],
    }),
  });
}

export const examples: Record<string, () => Blueprint> = { taskManager, saasCrm, blog };

/** Versions of code for everything that a Blueprint names. */
export function codeOf(of: Blueprint): { runtime: string; files: string; functions: Record<string, string> } {
  const names = [...of.functions, ...of.workflows].map(({ name }) => name);
  return {
    runtime: 'a'.repeat(64),
    files: 'b'.repeat(64),
    functions: Object.fromEntries(names.map((name) => [name, `code of ${name}`])),
  };
}
