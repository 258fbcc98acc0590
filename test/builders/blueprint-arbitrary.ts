import fc from 'fast-check';
import type { Access, ApiEndpoint, Blueprint, Entity, Field } from '../../src/blueprint/blueprint.ts';
import { entityPlural, kebabCase } from '../../src/blueprint/naming.ts';
import { fieldTypes, operations } from '../../src/blueprint/schema.ts';
import { impliedMembers, tenantRoles } from '../../src/blueprint/tenants.ts';
import { api, auth, blueprint, entity, field, routes, userFunction } from './blueprint.ts';

/**
 * Blueprints as the parser resolves them, sound and small enough for every limit: whatever stands in one must compile
 * without a problem.
 */
export const anyBlueprint: fc.Arbitrary<Blueprint> = fc.gen().map((gen) => {
  const multiTenant = gen(fc.boolean);
  const named = gen(fc.subarray, ['admin', 'member', 'billing_clerk']);
  const roles = multiTenant ? tenantRoles(named) : named;
  const access = (withOwner: boolean): fc.Arbitrary<Access> =>
    fc.constantFrom<Access[]>(
      { level: 'public' },
      { level: 'authenticated' },
      ...(withOwner ? [{ level: 'owner' } as const] : []),
      ...roles.map((role) => ({ level: 'role', role }) as const),
    );
  const names = gen(fc.shuffledSubarray, ['task', 'line_item', 'Person', 'companyCar', 'box-2', 'analysis'], {
    minLength: 1,
  });
  const tenantField = 'organization_id';
  const entities: Entity[] = multiTenant ? [entity('organization', [field('name', { required: true })])] : [];
  for (const name of names) entities.push(gen(() => anyEntity(name, names, multiTenant ? tenantField : undefined)));

  const withMembers = multiTenant && gen(fc.boolean);
  if (withMembers) entities.push(impliedMembers('organization', tenantField, roles));

  const storage = gen(fc.subarray, ['attachments', 'raw_exports']).map((name) => ({
    name,
    access: gen(fc.constantFrom<string[]>, 'public', 'authenticated', 'owner', ...roles),
    versioning: gen(fc.boolean),
    ...gen(fc.constantFrom, {}, { max_size: '500KB' }, { max_size: '5GB', types: ['image/*', 'application/pdf'] }),
    ...(gen(fc.boolean) ? { base_path: `/v3/${name}` } : {}),
  }));
  const uses = [...names, ...names.map((name) => `${name}:read`), ...storage.map(({ name }) => name)];
  const functions = gen(fc.subarray, ['complete', 'send_mail', 'create']).map((name) =>
    userFunction(name, {
      memory: gen(fc.integer, { min: 128, max: 10_240 }),
      ...(gen(fc.boolean) ? { timeout: gen(fc.integer, { min: 1, max: 900 }) } : {}),
      environment: gen(variables),
      uses: [...gen(fc.subarray, uses)],
    }),
  );
  const functionNames = functions.map(({ name }) => name);
  const byFunction = <T>(made: T[]): T[] => (functionNames.length === 0 ? [] : made);
  const anyFunction = () => gen(fc.constantFrom<string[]>, ...functionNames);
  const endpoints = byFunction(gen(fc.subarray, ['/v2/act/{thing}', '/v2/act', '/v1/tasks'])).map(
    (path): ApiEndpoint => ({
      method: gen(fc.constantFrom, 'PUT', 'DELETE'),
      path,
      function: anyFunction(),
      access: gen(access, true),
      ...(gen(fc.boolean) ? { request: gen(jsonSchema) } : {}),
      deprecated: false,
    }),
  );
  return blueprint({
    name: gen(fc.constantFrom, 'Shop', 'My Second App', `${'Very '.repeat(11)}Long`),
    region: 'us-east-2',
    environments: { dev: { region: 'us-east-2', protected: gen(fc.boolean) } },
    auth: auth({
      roles: [...roles],
      mfa: gen(fc.constantFrom, 'off', 'optional', 'required'),
      plan: gen(fc.constantFrom, 'lite', 'essentials', 'plus'),
      tokens: {
        access: gen(fc.constantFrom, '5m', '301s', '1h', '1d'),
        id: gen(fc.constantFrom, '1h', '24h'),
        refresh: gen(fc.constantFrom, '30d', '3650d'),
      },
    }),
    tenancy: multiTenant
      ? {
          mode: 'multi_tenant',
          tenant_entity: 'organization',
          field: tenantField,
          ...(withMembers && { member_entity: 'organization_member' }),
        }
      : { mode: 'single_tenant' },
    entities,
    ...(gen(fc.boolean) || endpoints.length > 0
      ? {
          api: api({
            ...(gen(fc.boolean) ? { cors: { origins: gen(origins) } } : {}),
            resources: gen(
              fc.subarray,
              entities.filter(({ implied }) => !implied),
            ).map((of) =>
              routes(of.name, {
                operations: gen(fc.subarray, [...operations], { minLength: 1 }).map((operation) => ({
                  operation,
                  access: gen(access, of.owner_field !== undefined),
                })),
                allow_scan: gen(fc.boolean),
              }),
            ),
            endpoints,
          }),
        }
      : {}),
    functions,
    jobs: byFunction(gen(fc.subarray, ['nightly', 'every_hour'])).map((name) => ({
      name,
      schedule: gen(fc.constantFrom, '0 2 * * *', '*/7 1-5 1,15 * *', '0 0 * JAN-MAR SUN'),
      function: anyFunction(),
      sequential: gen(fc.boolean),
    })),
    queues: byFunction(gen(fc.subarray, ['mails', 'ordered_events'])).map((name) => ({
      name,
      function: anyFunction(),
      fifo: gen(fc.boolean),
    })),
    storage,
    workflows: gen(fc.subarray, ['onboarding']).map((name) => ({
      name,
      handler: 'workflows/onboarding.ts',
      timeout: gen(fc.constantFrom, '30s', '365d'),
      uses: [...gen(fc.subarray, uses)],
    })),
    monitoring: {
      email: gen(fc.subarray, ['ops@example.com', 'on+call@example.org']),
      dashboard: gen(fc.boolean),
    },
    ...(gen(fc.boolean) ? { frontend: { directory: 'web', spa: gen(fc.boolean) } } : {}),
  });
});

const variables = (): fc.Arbitrary<Record<string, string>> =>
  fc.dictionary(fc.constantFrom('MODE', 'lower_case'), fc.string(), { maxKeys: 2 });

const origins = () =>
  fc.constantFrom<string[][]>(['*'], ['https://a.example.com'], ['https://a.example.com', 'http://localhost:5173']);

const jsonSchema = () =>
  fc.constantFrom<Record<string, unknown>[]>(
    { type: 'object', properties: { Ref: { type: 'string' } }, required: ['Ref'], additionalProperties: false },
    { oneOf: [{ type: 'null' }], properties: { a: { type: ['string', 'null'], maxLength: 3 } } },
    { type: 'object', properties: { list: { type: 'array', items: { 'Fn::Sub': `\${nothing}` } } } },
  );

const extraFields = ['title', 'amount', 'status', 'note', 'expires'];

/** A field of any type with limits that fit it. */
function anyField(name: string): fc.Arbitrary<Field> {
  return fc.gen().map((gen) => {
    const type = name === 'expires' ? gen(fc.constantFrom, 'datetime', 'integer') : gen(fc.constantFrom, ...fieldTypes);
    return field(name, {
      type,
      required: gen(fc.boolean),
      unique: type === 'string' && gen(fc.boolean),
      ...(type === 'enum' ? { enum: ['a', 'b'] } : {}),
      ...(type === 'number' ? { min: -1.5, max: 10 } : {}),
      ...(type === 'string' ? gen(fc.constantFrom, {}, { max_length: 20 }, { min_length: 1, pattern: '[a-z]+' }) : {}),
      ...(type === 'json' && gen(fc.boolean) ? { default: { Ref: 'x', list: [1, { b: null }] } } : {}),
      ...(gen(fc.integer, { min: 0, max: 4 }) === 0 ? { renamed_from: `old_${name}` } : {}),
    });
  });
}

function anyEntity(name: string, names: readonly string[], tenantField: string | undefined): fc.Arbitrary<Entity> {
  return fc.gen().map((gen) => {
    const fields = gen(fc.subarray, extraFields).map((fieldName) => gen(anyField, fieldName));
    const targets = gen(fc.subarray, [...names]).slice(0, 2);
    for (const target of targets) {
      fields.push(
        field(`${kebabCase(target).replaceAll('-', '_')}_id`, {
          references: target,
          on_delete: gen(fc.constantFrom, 'restrict', 'cascade', 'set_null'),
        }),
      );
    }
    const owned = gen(fc.boolean);
    if (owned) fields.push(field('owner_id', { managed: true }));
    const composite = gen(fc.integer, { min: 0, max: 3 }) === 0;
    if (composite) {
      fields.push(
        field('left', { required: true }),
        field('right', { type: gen(fc.constantFrom, 'string', 'integer') }),
      );
    }
    const indexable = fields.filter(({ type }) => type !== 'json' && type !== 'boolean').map((known) => known.name);
    const indexed = gen(fc.subarray, indexable).slice(0, 2);
    return entity(name, fields, {
      ...(tenantField !== undefined && gen(fc.boolean) ? { tenantField } : {}),
      ...(owned ? { owner_field: 'owner_id' } : {}),
      ...(composite ? { key: { partition: 'left', sort: 'right' } } : {}),
      ...(fields.some((known) => known.name === 'expires') && gen(fc.boolean) ? { ttl: 'expires' } : {}),
      timestamps: gen(fc.boolean),
      soft_delete: gen(fc.boolean),
      indexes: indexed.map((partition) => ({ name: `by_${partition}`, partition })),
      plural: entityPlural(name),
      ...(gen(fc.integer, { min: 0, max: 5 }) === 0 ? { renamed_from: `former_${name}` } : {}),
    });
  });
}
