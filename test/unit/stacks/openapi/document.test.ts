import assert from 'node:assert/strict';
import { Validator } from '@seriousme/openapi-schema-validator';
import fc from 'fast-check';
import type { Blueprint } from '../../../../src/blueprint/blueprint.ts';
import { compile } from '../../../../src/stacks/compile.ts';
import { type OpenApiDocument, openapiDocument } from '../../../../src/stacks/openapi/document.ts';
import { anyBlueprint } from '../../../builders/blueprint-arbitrary.ts';
import { codeOf, examples, taskManager } from '../../../builders/example-blueprints.ts';

function documentOf(blueprint: Blueprint): OpenApiDocument {
  const document = openapiDocument(blueprint, '/api');
  assert.ok(document);
  return document;
}

/** What API Gateway is told that it serves, besides its preflight answers. */
function routesOf(blueprint: Blueprint): string[] {
  const { stacks } = compile(blueprint, { environment: 'dev', code: codeOf(blueprint) });
  const body: unknown = stacks.find(({ layer }) => layer === 'api')?.template.Resources.RestApi?.Properties?.Body;
  assert.ok(typeof body === 'object' && body !== null && 'paths' in body);
  return Object.entries(body.paths ?? {})
    .flatMap(([path, item]) => Object.keys(item).map((method) => `${method} ${path}`))
    .filter((route) => !route.startsWith('options '))
    .sort();
}

function operationsOf(document: OpenApiDocument): [route: string, operation: Record<string, unknown>][] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): [string, Record<string, unknown>] => [
      `${method} ${path}`,
      operation,
    ]),
  );
}

/** Holds for the examples, and for whatever Blueprint with an API comes along. */
async function holds(check: (blueprint: Blueprint) => void | Promise<void>): Promise<void> {
  for (const make of Object.values(examples)) await check(make());
  await fc.assert(
    fc.asyncProperty(anyBlueprint, async (blueprint) => {
      if (blueprint.api !== undefined) await check(blueprint);
    }),
    { numRuns: 60, endOnFailure: true },
  );
}

describe('the OpenAPI document', function () {
  this.timeout(30_000);

  it('is valid OpenAPI 3.1 in the eyes of another', async () => {
    const judge = new Validator();
    await holds(async (blueprint) => {
      const result = await judge.validate(JSON.parse(JSON.stringify(documentOf(blueprint))));
      assert.deepEqual(result.errors ?? [], []);
    });
  });

  it('describes every route that is deployed, and no other', async () => {
    await holds((blueprint) => {
      const described = operationsOf(documentOf(blueprint)).map(([route]) => route);
      assert.deepEqual(
        described.filter((route) => route !== 'get /openapi.json').sort(),
        routesOf(blueprint).filter((route) => route !== 'get /openapi.json'),
      );
    });
  });

  it('refers to nothing that is not there, and names no operation twice', async () => {
    await holds((blueprint) => {
      const document = documentOf(blueprint);
      const contracts = JSON.stringify(blueprint.api?.endpoints ?? []);
      for (const [, target] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
        const found = (target ?? '').split('/').reduce<unknown>((node, key) => {
          assert.ok(typeof node === 'object' && node !== null && Object.hasOwn(node, key), `${target}\n${contracts}`);
          return Object.getOwnPropertyDescriptor(node, key)?.value;
        }, document);
        assert.ok(found);
      }
      const ids = operationsOf(document).map(([, { operationId }]) => operationId);
      assert.deepEqual(ids, [...new Set(ids)]);
    });
  });

  it('asks for a token exactly where the gateway does', async () => {
    await holds((blueprint) => {
      const closed = operationsOf(documentOf(blueprint)).flatMap(([route, { security }]) => (security ? [route] : []));
      const expected = new Set<string>();
      const { stacks } = compile(blueprint, { environment: 'dev', code: codeOf(blueprint) });
      const body: unknown = stacks.find(({ layer }) => layer === 'api')?.template.Resources.RestApi?.Properties?.Body;
      assert.ok(typeof body === 'object' && body !== null && 'paths' in body);
      for (const [path, item] of Object.entries(body.paths ?? {})) {
        for (const [method, operation] of Object.entries(item))
          if (typeof operation === 'object' && operation !== null && 'security' in operation)
            expected.add(`${method} ${path}`);
      }
      assert.deepEqual(new Set(closed), expected);
    });
  });

  it('is not there without an API', () => {
    const { api: _, ...rest } = taskManager();
    assert.equal(openapiDocument(rest, '/api'), undefined);
  });
});
