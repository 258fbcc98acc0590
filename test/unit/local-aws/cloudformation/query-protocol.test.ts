import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as z from 'zod';
import { members, parseInput, parseQuery, stackName } from '../../../../local-aws/cloudformation/query-protocol.ts';
import { ServiceError } from '../../../../local-aws/cloudformation/service-error.ts';
import { answerXml, errorXml } from '../../../../local-aws/cloudformation/xml.ts';

const input = z.object({
  StackName: stackName,
  Tags: members(z.object({ Key: z.string(), Value: z.string() })).optional(),
});
const read = (form: string) => parseInput(input, parseQuery(form));

describe('The query protocol', () => {
  it('reads lists by their numbers, an empty list, and no list', () => {
    const tags = Array.from({ length: 12 }, (_, i) => `Tags.member.${i + 1}.Key=k${i + 1}&Tags.member.${i + 1}.Value=`);
    assert.deepEqual(
      read(`StackName=a&${tags.reverse().join('&')}`).Tags?.map((tag) => tag.Key),
      Array.from({ length: 12 }, (_, i) => `k${i + 1}`),
    );
    assert.deepEqual(read('StackName=a&Tags=').Tags, []);
    assert.equal(read('StackName=a').Tags, undefined);
    assert.equal(read('StackName=a%20'.replace('%20', '')).StackName, 'a');
  });

  it('names what is wrong as the service does', () => {
    assert.throws(() => read(''), /Value null at 'stackName' failed to satisfy constraint: Member must not be null/);
    assert.throws(
      () => read('StackName=1x'),
      /Value '1x' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression/,
    );
    assert.throws(() => read('StackName=a&Tags.member.1.Key=k'), /at 'tags\.0\.value' failed/);
  });

  it('takes no harm from hostile keys', () => {
    const query = parseQuery('__proto__.polluted=1&constructor.prototype.polluted=1&a.b=1&a=2&a.b.c=3');
    assert.equal(Object.getPrototypeOf(query), null);
    assert.equal(({} as { polluted?: string }).polluted, undefined);
    assert.throws(() => parseQuery(`${'a.'.repeat(50)}a=1`), /too many members/);
    fc.assert(
      fc.property(fc.string(), (form) => {
        try {
          read(form);
        } catch (error) {
          assert.ok(error instanceof ServiceError, String(error));
        }
      }),
    );
  });

  it('writes any text so that an XML reader gets it back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const xml = answerXml('Do', { Text: text }, 'id');
        const inner = /<Text>([^<]*)<\/Text>/.exec(xml)?.[1] ?? 'no match';
        const back = inner
          .replaceAll('&#xD;', '\r')
          .replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>')
          .replaceAll('&amp;', '&');
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what XML cannot hold is replaced.
        assert.equal(back, text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd'));
      }),
    );
  });

  it('leaves out what is undefined, keeps what is empty, and says who is to blame', () => {
    assert.match(
      answerXml('Do', { A: undefined, B: [], C: [{ D: true }] }, 'id'),
      /<DoResult><B><\/B><C><member><D>true<\/D><\/member><\/C><\/DoResult>/,
    );
    assert.match(answerXml('Do', undefined, 'id'), /<DoResponse xmlns="[^"]+"><ResponseMetadata>/);
    assert.match(errorXml('X', 'm', 400, 'id'), /<Type>Sender<\/Type>/);
    assert.match(errorXml('X', 'm', 500, 'id'), /<Type>Receiver<\/Type>/);
  });
});
