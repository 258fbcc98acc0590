import { createBlueprintReader } from './src/blueprint/reader.ts';
import { compile } from './src/stacks/compile.ts';
import { diffTemplates } from './src/changes/template-diff.ts';
import { parseTemplate } from './src/changes/parse-template.ts';
const n = 1000;
const text = (k: number) => JSON.stringify({ project: { name: 'Big' }, auth: { roles: ['admin'] }, entities: Array.from({ length: n }, (_, i) => ({ name: `thing${i}x`, fields: Array.from({ length: 20 }, (_, f) => ({ name: `field_${f}`, type: 'string', ...(i === 7 && f === 3 ? { max_length: 10 + k } : {}) })) })), api: { resources: Array.from({ length: n }, (_, i) => ({ entity: `thing${i}x` })) } }, null, 1);
const reader = createBlueprintReader();
const code = { runtime: 'r1', functions: {} };
const c = compile(reader.read(text(0)).blueprint!, { environment: 'dev', code });
const base = c.stacks.map((s) => ({ body: s.body, template: parseTemplate(s.body)! }));
let prev = c;
for (let k = 1; k < 6; k++) {
  const c2 = compile(reader.read(text(k)).blueprint!, { environment: 'dev', code });
  for (const [i, s] of c2.stacks.entries()) {
    const same = Object.keys(s.template.Resources).filter((id) => prev.stacks[i]!.template.Resources[id] === s.template.Resources[id]).length;
    const t0 = performance.now();
    const eq = s.body === base[i]!.body;
    const t1 = performance.now();
    const d = eq ? [] : diffTemplates(base[i]!.template, s.template).resources;
    console.log(k, s.layer, 'identical objects', same, 'of', Object.keys(s.template.Resources).length, 'body', (s.body.length / 1e6).toFixed(1), 'MB equal', eq, (t1 - t0).toFixed(1), 'diff', (performance.now() - t1).toFixed(1), d.length);
  }
  prev = c2;
}
