import assert from 'node:assert/strict';
import * as z from 'zod';
import { type MemberVerb, memberExport, memberVerbs } from '../../../../src/stacks/members/operations.ts';
import type { ProjectFunction } from '../project.ts';
import type { Rows } from '../rows.ts';
import type { Scenario } from '../scenario.ts';
import { fileScenario } from './files.ts';
import { memberScenario } from './members.ts';
import { operationScenario } from './operations.ts';
import { ownScenario } from './own-function.ts';

const Entity = z.object({ entity: z.object({ name: z.string() }) });
const handlers = { list: 'list', create: 'create', get: 'get', update: 'update', remove: 'delete' } as const;
const Handler = z.enum(['list', 'create', 'get', 'update', 'remove']);

/**
 * The scenario of a function, by what it is. A function of a new kind has none, and the suite says so.
 */
export function scenarioOf({ handler, source }: ProjectFunction, rows: Rows): Scenario {
  const name = handler.replace(/^index\./, '');
  switch (source.kind) {
    case 'function':
      return ownScenario(source.function);
    case 'files':
      return fileScenario(name === 'remove' ? 'delete' : name);
    case 'runtime': {
      const verb = memberVerbs.find((one: MemberVerb) => memberExport(one) === name);
      if (verb !== undefined) return memberScenario(verb, JSON.parse(source.model));
      const entity = Entity.safeParse(JSON.parse(source.model)).data?.entity.name;
      const operation = Handler.safeParse(name).data;
      if (entity !== undefined && operation !== undefined)
        return operationScenario(handlers[operation], rows.model(entity));
      return answering(name);
    }
  }
}

/** Functions that touch nothing: they only have to answer. */
function answering(name: string): Scenario {
  return ({ ask, rows }) => [
    {
      title: `GET /${name}`,
      run: async () => {
        const answer = await ask({ claims: { ...rows.somebody } });
        assert.equal(answer.status, 200, JSON.stringify(answer.body));
      },
    },
  ];
}
