import assert from 'node:assert/strict';
import type { Operation } from '../../../../src/blueprint/schema.ts';
import type { EntityModel, ReferencedBy } from '../../../../src/stacks/model.ts';
import type { Asked } from '../../runtime/bench.ts';
import { fitting, type Row } from '../rows.ts';
import type { Scenario, Stage, Step } from '../scenario.ts';
import { dissolvingScenario, foundingScenario } from './members.ts';

const stale = { 'If-Match': '"another"' };

/** A generated operation of one entity. */
export function operationScenario(operation: Operation, model: EntityModel): Scenario {
  return (stage) => scenarios[operation](tools(stage, model));
}

interface Tools extends Stage {
  stage: Stage;
  model: EntityModel;
  entity: string;
  make(given?: Row): Promise<Row>;
  /** Asks the function, and says what is not as expected. */
  expect(status: number, asked: Asked): Promise<Row>;
  step(title: string, run: () => Promise<unknown>): Step;
}

function tools(stage: Stage, model: EntityModel): Tools {
  const { rows } = stage;
  const entity = model.entity.name;
  return {
    ...stage,
    stage,
    model,
    entity,
    make: (given) => rows.make(entity, given),
    async expect(status, asked) {
      const answer = await stage.ask({ claims: { ...rows.somebody }, ...asked });
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      return answer.body;
    },
    step: (title, run) => ({ title, run: async () => void (await run()) }),
  };
}

/** Fields whose values a caller can set, and that no other row may have. */
function uniqueFields({ entity }: EntityModel) {
  return entity.fields.filter(({ unique, name }) => unique && name !== entity.key.partition);
}

const scenarios: Record<Operation, (tools: Tools) => Step[]> = {
  create({ stage, model, entity, rows, make, expect, step }) {
    if (model.tenancy?.self) return foundingScenario(stage);
    return [
      step('a row with a value for every field', async () => expect(201, { body: await rows.body(entity) })),
      ...uniqueFields(model).map(({ name }) =>
        step(`a row whose ${name} another has`, async () => {
          const other = await make();
          await expect(409, { body: await rows.body(entity, { [name]: other[name] }) });
        }),
      ),
    ];
  },

  get({ entity, rows, make, expect, step }) {
    return [step('a row', async () => expect(200, { path: rows.path(entity, await make()) }))];
  },

  list({ model, make, expect, step }) {
    const asked = (model.lists ?? []).map(({ index, partition, sort }) => ({
      title: `the rows by ${index ?? 'the key'}`,
      fields: partition.flatMap((key) => (key.from === 'request' ? [key.field] : [])),
      sort: sort?.field,
    }));
    return [
      ...(model.scan ? [step('all rows', () => expect(200, {}))] : []),
      ...asked.map(({ title, fields, sort }) =>
        step(title, async () => {
          const row = await make();
          const values = fields.map((name): [string, string] => [name, String(row[name])]);
          // Two indexes may have the same partition: the order tells them apart.
          const order: [string, string][] = sort === undefined ? [] : [['sort', sort]];
          await expect(200, { query: Object.fromEntries([...values, ...order]) });
        }),
      ),
    ];
  },

  update({ model, entity, rows, make, expect, step }) {
    const keys = [model.entity.key.partition, model.entity.key.sort];
    const editable = model.entity.fields.filter(
      ({ managed, name }) => !managed && !keys.includes(name) && name !== model.tenancy?.field,
    );
    const path = async () => rows.path(entity, await make());
    const plain = editable.find(({ references, unique }) => references === undefined && !unique);
    return [
      ...(plain === undefined
        ? []
        : [
            step(`its ${plain.name}`, async () =>
              expect(200, { path: await path(), body: { [plain.name]: fitting(plain) } }),
            ),
            step('a row that was changed since', async () =>
              expect(412, { path: await path(), body: { [plain.name]: fitting(plain) }, headers: stale }),
            ),
          ]),
      ...editable
        .filter(({ unique }) => unique)
        .map((field) =>
          step(`its ${field.name}, which no other has`, async () =>
            expect(200, { path: await path(), body: { [field.name]: fitting(field) } }),
          ),
        ),
      ...editable.flatMap(({ name, references }) =>
        references === undefined
          ? []
          : [
              step(`its ${name}, to another ${references}`, async () =>
                expect(200, { path: await path(), body: { [name]: await rows.key(references) } }),
              ),
            ],
      ),
    ];
  },

  delete({ stage, model, entity, rows, make, expect, step }) {
    if (model.tenancy?.self) return dissolvingScenario(stage);
    const path = async () => rows.path(entity, await make());
    const remove = (status: number, title: string, below: (row: Row) => Promise<unknown>) =>
      step(title, async () => {
        const row = await make();
        await below(row);
        await expect(status, { path: rows.path(entity, row) });
      });
    return [
      step('a row', async () => expect(204, { path: await path() })),
      step('a row that was changed since', async () => expect(412, { path: await path(), headers: stale })),
      ...chains(model).map((chain) => {
        const restricted = chain.at(-1)?.on_delete === 'restrict';
        const names = chain.map(({ entity: name, on_delete }) => `${name} (${on_delete})`).join(', ');
        return remove(restricted ? 409 : 204, `a row with ${names} below it`, (row) => hang(rows, model, row, chain));
      }),
    ];
  },
};

/** Every way down from a row to rows that depend on it, each as far as it goes and at every stop before. */
function chains(model: EntityModel): ReferencedBy[][] {
  const found: ReferencedBy[][] = [];
  const walk = (chain: ReferencedBy[], next: readonly ReferencedBy[]) => {
    for (const reference of next) {
      if (chain.some(({ entity }) => entity === reference.entity) || reference.entity === model.entity.name) continue;
      const longer = [...chain, reference];
      found.push(longer);
      if (reference.on_delete === 'cascade') walk(longer, model.below?.[reference.entity] ?? []);
    }
  };
  walk([], model.referencedBy);
  return found;
}

/** Rows one below the other, from a given one down. */
async function hang(rows: Stage['rows'], model: EntityModel, top: Row, chain: readonly ReferencedBy[]): Promise<void> {
  let above = model.entity;
  let row = top;
  for (const { entity, field } of chain) {
    const below = rows.model(entity).entity;
    const named = below.fields.find(({ name, renamed_from }) => (renamed_from ?? name) === field);
    assert.ok(named, `${entity} has no field ${field}`);
    row = await rows.make(entity, { [named.name]: row[above.key.partition] });
    above = below;
  }
}
