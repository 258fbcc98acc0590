import type { Api, ApiResource, Blueprint, Entity, Field } from '../../src/blueprint/blueprint.ts';
import { entityPlural, kebabCase } from '../../src/blueprint/naming.ts';
import { type Operation, operations } from '../../src/blueprint/schema.ts';

/**
 * Builders of Blueprints as the parser resolves them: automatic fields, plurals and default access are written out,
 * so that what comes after the parser is tested without it.
 */
export function blueprint(overrides: Partial<Blueprint> & { name?: string } = {}): Blueprint {
  const { name = 'Task Manager', ...rest } = overrides;
  return {
    project: { name, slug: kebabCase(name) },
    region: 'us-east-2',
    environments: { dev: { region: 'us-east-2', protected: false } },
    tenancy: { mode: 'single_tenant' },
    entities: [],
    functions: [],
    jobs: [],
    queues: [],
    storage: [],
    workflows: [],
    monitoring: { email: [], dashboard: true },
    validation: { suppress: [] },
    ...rest,
  };
}

export function auth(overrides: Partial<NonNullable<Blueprint['auth']>> = {}): NonNullable<Blueprint['auth']> {
  return {
    strategy: 'cognito',
    roles: ['admin', 'member'],
    mfa: 'off',
    password: { min_length: 12, symbols: true },
    tokens: { access: '1h', id: '1h', refresh: '30d' },
    plan: 'essentials',
    ...overrides,
  };
}

export function field(name: string, overrides: Partial<Field> = {}): Field {
  return { name, type: 'string', required: false, unique: false, managed: false, ...overrides };
}

/** An entity with the key `id` and timestamps around the fields given; a tenant field where `tenantField` names one. */
export function entity(
  name: string,
  fields: Field[] = [],
  overrides: Partial<Entity> & { tenantField?: string } = {},
): Entity {
  const { tenantField, ...rest } = overrides;
  const timestamps = rest.timestamps ?? true;
  const softDelete = rest.soft_delete ?? false;
  const managed = (managedName: string) => field(managedName, { type: 'datetime', managed: true });
  return {
    name,
    plural: entityPlural(name),
    tenancy: tenantField === undefined ? 'global' : 'tenant',
    fields: [
      field('id', { required: true, managed: true }),
      ...fields,
      ...(tenantField === undefined || fields.some((other) => other.name === tenantField)
        ? []
        : [field(tenantField, { required: true, managed: true })]),
      ...(timestamps ? [managed('created_at'), managed('updated_at')] : []),
      ...(softDelete ? [managed('deleted_at')] : []),
    ],
    key: { partition: 'id' },
    indexes: [],
    timestamps,
    soft_delete: softDelete,
    ...rest,
  };
}

export function routes(
  entityName: string,
  overrides: Partial<ApiResource> & { allow?: ApiResource['operations'][number]['access']; only?: Operation[] } = {},
): ApiResource {
  const { allow = { level: 'authenticated' }, only = [...operations], ...rest } = overrides;
  return {
    entity: entityName,
    base_path: `/v1/${entityPlural(entityName)}`,
    operations: only.map((operation) => ({ operation, access: allow })),
    allow_scan: false,
    ...rest,
  };
}

export function api(overrides: Partial<Api> = {}): Api {
  return { compatibility: 'standard', throttle: { rate: 50, burst: 100 }, resources: [], endpoints: [], ...overrides };
}

type UserFunction = Blueprint['functions'][number];

export function userFunction(name: string, overrides: Partial<UserFunction> = {}): UserFunction {
  return { name, handler: `functions/${kebabCase(name)}.ts`, memory: 256, environment: {}, uses: [], ...overrides };
}
