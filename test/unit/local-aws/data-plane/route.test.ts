import assert from 'node:assert/strict';
import type { Resource } from '@aws-sdk/client-api-gateway';
import fc from 'fast-check';
import { Router } from '../../../../local-aws/data-plane/route.ts';

function resource(path: string, ...methods: string[]): Resource {
  return {
    id: path,
    path,
    resourceMethods: Object.fromEntries(methods.map((httpMethod) => [httpMethod, { httpMethod }])),
  };
}

function found(router: Router, method: string, path: string) {
  const route = router.find(method, path);
  return route && [route.method.httpMethod, route.resource.path, route.pathParameters];
}

describe('a route', () => {
  const router = new Router([
    resource('/', 'GET'),
    resource('/tasks', 'GET', 'POST'),
    resource('/tasks/{id}', 'GET', 'DELETE'),
    resource('/tasks/{id}/notes/{note}', 'GET'),
    resource('/tasks/latest', 'GET'),
    resource('/tasks/{id}/files/{path+}', 'GET'),
    resource('/tasks/latest/extra', 'ANY'),
    resource('/only', 'ANY', 'GET'),
    resource('/empty'),
    resource('/{proxy+}', 'ANY'),
  ]);

  it('is the literal one before a parameter, and a parameter before the greedy one', () => {
    assert.deepEqual(found(router, 'GET', '/tasks/latest'), ['GET', '/tasks/latest', {}]);
    assert.deepEqual(found(router, 'GET', '/tasks/17'), ['GET', '/tasks/{id}', { id: '17' }]);
    assert.deepEqual(found(router, 'GET', '/tasks/17/files/a/b.txt'), [
      'GET',
      '/tasks/{id}/files/{path+}',
      { id: '17', path: 'a/b.txt' },
    ]);
    assert.deepEqual(found(router, 'PUT', '/other/things'), ['ANY', '/{proxy+}', { proxy: 'other/things' }]);
  });

  it('is found behind a literal that leads nowhere', () => {
    assert.deepEqual(found(router, 'GET', '/tasks/latest/notes/3'), [
      'GET',
      '/tasks/{id}/notes/{note}',
      { id: 'latest', note: '3' },
    ]);
  });

  it('is chosen by the path alone: the method comes after it', () => {
    assert.equal(found(router, 'PUT', '/tasks'), undefined);
    assert.deepEqual(found(router, 'GET', '/only'), ['GET', '/only', {}]);
    assert.deepEqual(found(router, 'PATCH', '/only'), ['ANY', '/only', {}]);
  });

  it('ignores one slash at the end, keeps encoding, and takes no empty parameter', () => {
    assert.deepEqual(found(router, 'GET', '/tasks/'), ['GET', '/tasks', {}]);
    assert.deepEqual(found(router, 'GET', '/'), ['GET', '/', {}]);
    assert.deepEqual(found(router, 'GET', '/tasks/a%2Fb'), ['GET', '/tasks/{id}', { id: 'a%2Fb' }]);
    assert.deepEqual(found(router, 'GET', '/tasks//notes/1'), ['ANY', '/{proxy+}', { proxy: 'tasks//notes/1' }]);
  });

  it('is no property of Object', () => {
    assert.equal(found(new Router([resource('/a', 'GET')]), 'constructor', '/a'), undefined);
    assert.equal(found(new Router([resource('/a', 'GET')]), 'GET', '/__proto__'), undefined);
  });

  it('with a parameter named __proto__ is harmless', () => {
    const route = new Router([resource('/{__proto__}', 'GET')]).find('GET', '/x');
    assert.deepEqual(Object.keys(route?.pathParameters ?? {}), ['__proto__']);
    assert.equal(Object.getPrototypeOf(route?.pathParameters), Object.prototype);
  });

  it('of any template is found by its own path', () => {
    const part = fc.stringMatching(/^[a-z]{1,3}$/);
    const template = fc.array(
      fc.oneof(
        part,
        part.map((name) => `{${name}}`),
      ),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(template, { minLength: 1, maxLength: 8, selector: (parts) => parts.join('/') }),
        (templates) => {
          const any = new Router(templates.map((parts) => resource(`/${parts.join('/')}`, 'GET')));
          for (const parts of templates) {
            const path = `/${parts.map((each) => each.replace(/[{}]/g, '')).join('/')}`;
            const route = any.find('GET', path);
            assert.ok(route, path);
            const shape = (route.resource.path ?? '').split('/').slice(1);
            assert.equal(shape.length, parts.length);
            // What was found fits: every literal of it is the path's own part.
            for (const [at, each] of shape.entries())
              if (!each.startsWith('{')) assert.equal(each, path.split('/')[at + 1]);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
