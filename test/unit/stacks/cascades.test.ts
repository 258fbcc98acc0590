import assert from 'node:assert/strict';
import { parseBlueprint } from '../../../src/blueprint/parse.ts';
import type { EntityModel } from '../../../src/stacks/model.ts';
import { compiled } from './compiled.ts';

/** A shelf holds books, a book has notes, a note has replies; a reader's bookmark restricts a note. */
function library({ reply = '', more = '' } = {}) {
  const { blueprint, problems } = parseBlueprint(`
project: { name: Library }
entities:
  - { name: shelf }
  - name: book
    fields: [{ name: shelf_id, references: shelf, on_delete: cascade }, { name: isbn, unique: true }]
  - name: note
    soft_delete: true
    fields: [{ name: book_id, references: book, on_delete: cascade }]
  - name: reply
    ${reply}
    fields: [{ name: note_id, references: note, on_delete: set_null, unique: true }, { name: at, type: integer }]
  - name: bookmark
    fields: [{ name: note_id, references: note }]
  ${more}
api: { resources: [{ entity: shelf, operations: [delete] }, { entity: bookmark, operations: [delete] }] }
`);
  assert.ok(blueprint, JSON.stringify(problems));
  return blueprint;
}

function modelOf(blueprint: ReturnType<typeof library>, name: string): EntityModel {
  for (const { source } of compiled(blueprint).stack('lambda').artifacts) {
    if (source.kind !== 'runtime' || source.model === '{}') continue;
    const model: EntityModel = JSON.parse(source.model);
    if (model.entity?.name === name) return model;
  }
  throw new Error(`no model of ${name}`);
}

describe('a cascade', () => {
  it('tells the handler of every entity that it reaches, and of those that forbid it or lose a reference', () => {
    const { referencedBy, below } = modelOf(library(), 'shelf');
    const key = { partition: 'id' };
    const book = { entity: 'book', field: 'shelf_id', index: 'backdrift-by-shelf_id', on_delete: 'cascade', key };
    assert.deepEqual(referencedBy, [{ ...book, unique: ['isbn'] }]);
    const by = (entity: string, on_delete: string) => ({
      entity,
      field: 'note_id',
      index: 'backdrift-by-note_id',
      on_delete,
      key,
    });
    assert.deepEqual(below, {
      book: [
        {
          entity: 'note',
          field: 'book_id',
          index: 'backdrift-by-book_id',
          on_delete: 'cascade',
          key,
          soft_delete: true,
        },
      ],
      note: [{ ...by('reply', 'set_null'), unique: ['note_id'] }, by('bookmark', 'restrict')],
    });
  });

  it('is no matter of an entity that nothing goes with', () => {
    const model = modelOf(library(), 'bookmark');
    assert.ok(!('below' in model));
    assert.deepEqual(model.referencedBy, []);
  });

  it('needs the rights of every step, and no more', () => {
    assert.deepEqual(compiled(library()).permissions('DeleteShelf'), [
      'dynamodb:DeleteItem table/{BooksTableName}',
      'dynamodb:DeleteItem table/{RepliesTableName}',
      'dynamodb:DeleteItem table/{ShelvesTableName}',
      'dynamodb:GetItem table/{ShelvesTableName}',
      'dynamodb:Query table/{BookmarksTableName}/index/backdrift-by-note_id',
      'dynamodb:Query table/{BooksTableName}/index/backdrift-by-shelf_id',
      'dynamodb:Query table/{NotesTableName}/index/backdrift-by-book_id',
      'dynamodb:Query table/{RepliesTableName}/index/backdrift-by-note_id',
      'dynamodb:UpdateItem table/{NotesTableName}',
      'dynamodb:UpdateItem table/{RepliesTableName}',
    ]);
  });

  it('ends where it comes back', () => {
    const circle = library({
      more: `- name: box
    fields: [{ name: inside, references: box, on_delete: cascade }, { name: lid_id, references: lid, on_delete: cascade }]
  - name: lid
    fields: [{ name: box_id, references: box, on_delete: cascade }]`,
    });
    const { api } = circle;
    assert.ok(api);
    const routes = {
      base_path: '/boxes',
      operations: [{ operation: 'delete', access: { level: 'public' } }],
      allow_scan: false,
    } as const;
    const withRoutes = {
      ...circle,
      api: { ...api, resources: [{ entity: 'box', ...routes, operations: [...routes.operations] }] },
    };
    const { referencedBy, below } = modelOf(withRoutes, 'box');
    assert.deepEqual(
      referencedBy.map(({ entity }) => entity),
      ['box', 'lid'],
    );
    assert.deepEqual(Object.keys(below ?? {}), ['lid']);
  });

  it('is compiled anew when an entity at its far end changes', () => {
    const before = library();
    const bodyOf = (of: typeof before) => compiled(of).stack('lambda').body;
    bodyOf(before);
    const changed = library({ reply: 'ttl: at' });
    // As the parser hands it on: what was not touched is the same object.
    const after = {
      ...before,
      entities: before.entities.map((entity) =>
        entity.name === 'reply' ? (changed.entities.find(({ name }) => name === 'reply') ?? entity) : entity,
      ),
    };
    assert.equal(bodyOf(after), bodyOf(structuredClone(after)));
    assert.equal(modelOf(after, 'shelf').below?.note?.[0]?.ttl, 'at');
  });
});
