import assert from 'node:assert/strict';
import fc from 'fast-check';
import { evaluateTemplate } from '../../../../local-aws/data-plane/mapping-template.ts';
import { preflight } from '../../../../src/stacks/cors.ts';

/** The response template of our own preflight. */
function ownTemplate(origins: string[]): string {
  const text = JSON.stringify(preflight(origins, ['GET']));
  const found = /"default":\{.*"responseTemplates":\{"application\/json":("(?:[^"\\]|\\.)*")\}/.exec(text)?.[1];
  assert.ok(found);
  return String(JSON.parse(found));
}

describe('mapping templates', () => {
  const template = ownTemplate(['https://app.example', 'http://localhost:5173']);
  const allowed = (name: string, origin: string) => evaluateTemplate(template, [[name, origin]]);

  it('send back the origin that asks, when it is on the list of a compiled preflight', () => {
    for (const name of ['origin', 'Origin'])
      for (const origin of ['https://app.example', 'http://localhost:5173'])
        assert.deepEqual(allowed(name, origin), { text: '', headers: [['Access-Control-Allow-Origin', origin]] });
  });

  it('send nothing to any other origin', () => {
    for (const origin of [
      'https://app.example.evil',
      'https://APP.example',
      '',
      '$origin',
      '"',
      'https://app.example"',
    ])
      assert.deepEqual(allowed('Origin', origin), { text: '', headers: [] }, origin);
    assert.deepEqual(evaluateTemplate(template, []), { text: '', headers: [] });
  });

  it('keep plain text, and what an #if lets through', () => {
    assert.deepEqual(evaluateTemplate('{"ok":true}', []), { text: '{"ok":true}', headers: [] });
    const chosen = 'a#set($x = "1")#if($x == "2")b#if($x == "1")c#end#end#if(!$y)d#end';
    assert.equal(evaluateTemplate(chosen, [])?.text, 'ad');
    const teapot = '#set($context.responseOverride.status = "418")';
    assert.deepEqual(evaluateTemplate(teapot, []), { text: '', headers: [], status: 418 });
  });

  it('say where a template is more than they know', () => {
    for (const unknown of [
      '#foreach($a in $b)#end',
      '$input.body',
      '#if($x == "1")',
      '#end',
      '#set($x = $input.json("$"))',
      '#if($x > 1)#end',
    ])
      assert.equal(evaluateTemplate(unknown, []), undefined, unknown);
  });

  it('never fail and never give a header another value than the request or the template names', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (origin, noise) => {
        const result = evaluateTemplate(template, [['Origin', origin]]);
        assert.ok(
          result?.headers.every(([, value]) => ['https://app.example', 'http://localhost:5173'].includes(value)),
        );
        evaluateTemplate(`${noise}#if(${origin})#set(${noise})`, []);
      }),
    );
  });
});
