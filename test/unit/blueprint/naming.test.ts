import assert from 'node:assert/strict';
import fc from 'fast-check';
import { entityPlural, kebabCase, plural, sameNameKey } from '../../../src/blueprint/naming.ts';
import { closest } from '../../../src/blueprint/suggest.ts';

describe('Names', () => {
  it('are put into kebab case', () => {
    const expected: Record<string, string> = {
      lineItem: 'line-item',
      LineItem: 'line-item',
      line_item: 'line-item',
      'Line item': 'line-item',
      HTTPServer: 'http-server',
      userID: 'user-id',
      'Task Manager': 'task-manager',
      'Café Crème': 'cafe-creme',
      '  -x- ': 'x',
      item2: 'item2',
      项目: '',
    };
    for (const [name, kebab] of Object.entries(expected)) assert.equal(kebabCase(name), kebab, name);
  });

  it('have plurals', () => {
    const expected: Record<string, string> = {
      task: 'tasks',
      company: 'companies',
      box: 'boxes',
      address: 'addresses',
      branch: 'branches',
      dish: 'dishes',
      bus: 'buses',
      status: 'statuses',
      day: 'days',
      key: 'keys',
      analysis: 'analyses',
      person: 'people',
      child: 'children',
      quiz: 'quizzes',
      leaf: 'leaves',
      photo: 'photos',
      hero: 'heroes',
      'line-item': 'line-items',
      'order-history': 'order-histories',
      news: 'news',
      data: 'data',
      alias: 'aliases',
      tasks: 'tasks',
      companies: 'companies',
      people: 'people',
    };
    for (const [word, many] of Object.entries(expected)) assert.equal(plural(word), many, word);
  });

  it('are the same when only case, separators or the plural differ', () => {
    for (const other of ['lineItem', 'line-item', 'LINE_ITEM', 'line_items', 'LineItems']) {
      assert.equal(sameNameKey(other), sameNameKey('line_item'), other);
    }
    assert.equal(sameNameKey('item_2'), sameNameKey('item2'));
    assert.notEqual(sameNameKey('item'), sameNameKey('items2'));
  });

  it('have plurals that stay when they are taken for names again, except on -i and -u', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z]{3,8}(-[a-z]{3,8}){0,2}$/).filter((word) => !/[iu]$/.test(word)),
        (word) => {
          assert.equal(entityPlural(entityPlural(word)), entityPlural(word));
        },
      ),
    );
  });
});

describe('closest', () => {
  const candidates = ['string', 'number', 'integer', 'boolean', 'datetime', 'date', 'enum', 'json'];

  it('finds what was meant', () => {
    const expected: Record<string, string> = {
      strng: 'string',
      Integer: 'integer',
      bolean: 'boolean',
      'date-time': 'datetime',
      nubmer: 'number',
      dates: 'date',
    };
    for (const [written, meant] of Object.entries(expected)) assert.equal(closest(written, candidates), meant);
  });

  it('stays silent when nothing is close', () => {
    for (const written of ['uuid', 'x', 'timestamp', 'text'])
      assert.equal(closest(written, candidates), undefined, written);
  });
});
