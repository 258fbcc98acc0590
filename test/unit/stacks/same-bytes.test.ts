import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Blueprint } from '../../../src/blueprint/blueprint.ts';
import { parseBlueprint } from '../../../src/blueprint/parse.ts';
import { compile } from '../../../src/stacks/compile.ts';
import { anyBlueprint } from '../../builders/blueprint-arbitrary.ts';
import { codeOf, examples } from '../../builders/example-blueprints.ts';

function bodies(blueprint: Blueprint, environment = 'dev'): string[] {
  const { stacks } = compile(blueprint, { environment, code: codeOf(blueprint) });
  return stacks.map(({ body, name, parameters, artifacts, dependsOn }) =>
    JSON.stringify({ body, name, parameters, artifacts, dependsOn }),
  );
}

/** The same data without a shared object, keys in the opposite order. */
function reversed<T>(value: T): T;
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => reversed(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}

describe('compiling', () => {
  it('gives the same bytes whatever the order of keys', () => {
    for (const make of Object.values(examples)) assert.deepEqual(bodies(reversed(make())), bodies(make()));
    fc.assert(
      fc.property(anyBlueprint, (blueprint) => assert.deepEqual(bodies(reversed(blueprint)), bodies(blueprint))),
      { numRuns: 60, endOnFailure: true },
    );
  });

  it('gives the same bytes for the same text in another order', () => {
    const text = {
      project: { name: 'Notes' },
      auth: { roles: ['admin'] },
      entities: [
        {
          name: 'note',
          fields: [
            { name: 'text', required: true, max_length: 10 },
            { name: 'meta', type: 'json', default: { b: 1, a: [{ d: 1, c: 2 }] } },
          ],
        },
      ],
      api: { resources: [{ entity: 'note', auth: { list: 'public', delete: 'admin' } }] },
    };
    const blueprints = [text, reversed(text)].map((document) => parsed(JSON.stringify(document)));
    const [first, second] = blueprints.map((blueprint) => bodies(blueprint));
    assert.ok(first !== undefined && first.length === 4);
    assert.deepEqual(second, first);
  });

  it('remembers parts without ever giving an old one', () => {
    fc.assert(
      fc.property(anyBlueprint, fc.array(anyEdit, { minLength: 1, maxLength: 6 }), (start, edits) => {
        let blueprint = start;
        bodies(blueprint);
        for (const edit of edits) {
          blueprint = edit(blueprint);
          assert.deepEqual(bodies(blueprint), bodies(structuredClone(blueprint)));
        }
      }),
      { numRuns: 80, endOnFailure: true },
    );
  });

  it('does not mix environments that take turns', () => {
    const crm = examples.saasCrm?.();
    assert.ok(crm);
    const dev = bodies(structuredClone(crm), 'dev');
    const prod = bodies(structuredClone(crm), 'prod');
    for (let turn = 0; turn < 2; turn++) {
      assert.deepEqual(bodies(crm, 'dev'), dev);
      assert.deepEqual(bodies(crm, 'prod'), prod);
    }
  });

  it('gives another zip when the runtime, the model or the function changes, and only then', () => {
    const crm = examples.saasCrm?.();
    assert.ok(crm);
    const keysWith = (change: Partial<ReturnType<typeof codeOf>>) => {
      const { stacks } = compile(crm, { environment: 'dev', code: { ...codeOf(crm), ...change } });
      return stacks.flatMap(({ artifacts }) => artifacts);
    };
    const before = keysWith({});
    assert.equal(new Set(before.map(({ key }) => key)).size, before.length);
    for (const { key } of before) assert.match(key, /^artifacts\/[0-9a-f]{64}\.zip$/);
    const kept = (after: typeof before) => after.filter(({ key }) => before.some((old) => old.key === key));
    const kinds = (after: typeof before) => [...new Set(kept(after).map(({ source }) => source.kind))].sort();
    assert.deepEqual(kinds(keysWith({ runtime: 'other' })), ['files', 'function']);
    assert.deepEqual(kinds(keysWith({ files: 'other' })), ['function', 'runtime']);
    const oneChanged = keysWith({ functions: { ...codeOf(crm).functions, send_email: 'other' } });
    assert.equal(kept(oneChanged).length, before.length - 1);
  });
});

function parsed(text: string): Blueprint {
  const { blueprint, problems } = parseBlueprint(text);
  assert.ok(blueprint, JSON.stringify(problems));
  return blueprint;
}

/** One edit, as the parser hands it on: what was not touched is the same object. */
const anyEdit: fc.Arbitrary<(blueprint: Blueprint) => Blueprint> = fc
  .record({ kind: fc.nat({ max: 7 }), at: fc.nat({ max: 20 }) })
  .map(({ kind, at }) => (blueprint: Blueprint): Blueprint => {
    const { entities, api } = blueprint;
    const position = at % Math.max(entities.length, 1);
    const entity = entities[position];
    const withEntity = (change: Partial<Blueprint['entities'][number]>): Blueprint => ({
      ...blueprint,
      entities: entities.map((other, index) => (index === position && entity ? { ...entity, ...change } : other)),
    });
    switch (kind) {
      case 0:
        return withEntity({ soft_delete: entity?.soft_delete !== true });
      case 1:
        return withEntity({ indexes: [] });
      case 2:
        return {
          ...blueprint,
          entities: entities.filter((_, index) => index !== position),
          api: withoutRoutes(api, entity?.name),
        };
      case 3:
        return { ...blueprint, entities: [...entities].reverse() };
      case 4:
        return api === undefined ? blueprint : { ...blueprint, api: { ...api, resources: api.resources.slice(1) } };
      case 5:
        return api === undefined
          ? blueprint
          : { ...blueprint, api: { ...api, cors: { origins: [`https://site-${at}.example.com`] } } };
      case 6:
        return api === undefined
          ? blueprint
          : {
              ...blueprint,
              api: {
                ...api,
                resources: api.resources.map((resource) => ({
                  ...resource,
                  operations: resource.operations.map(({ operation }) => ({ operation, access: { level: 'public' } })),
                })),
              },
            };
      default:
        return {
          ...blueprint,
          tenancy: { mode: 'single_tenant' },
          environments: { dev: { region: 'us-east-2', protected: at % 2 === 0 } },
        };
    }
  });

function withoutRoutes(api: Blueprint['api'], entity: string | undefined): Exclude<Blueprint['api'], undefined> {
  if (api === undefined)
    return { compatibility: 'standard', throttle: { rate: 1, burst: 1 }, resources: [], endpoints: [] };
  return { ...api, resources: api.resources.filter((resource) => resource.entity !== entity) };
}
