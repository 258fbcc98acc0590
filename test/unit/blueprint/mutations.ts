import { readFileSync } from 'node:fs';
import fc from 'fast-check';

const root = new URL('../../../', import.meta.url);

/** The Blueprints that tests start from: every example, and the one of the product's documentation. */
export const exampleTexts: Record<string, string> = Object.fromEntries(
  [
    'examples/task-manager/backdrift.yaml',
    'examples/saas-crm/backdrift.yaml',
    'examples/blog/backdrift.yaml',
    'test/fixtures/blueprints/documentation.json',
    'test/fixtures/blueprints/block-style.yaml',
  ].map((file) => [file, readFileSync(new URL(file, root), 'utf8')]),
);

/** One edit of a text, as an editor makes it: some characters are replaced by others. */
export interface Edit {
  /** Where, as a share of the text's length. */
  at: number;
  removed: number;
  inserted: string;
}

const pieces = [
  'a',
  '_',
  ' ',
  '  ',
  '\n',
  '\n  ',
  '\n    ',
  '\n  - ',
  '- ',
  ':',
  ': ',
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ',',
  '#',
  ' #',
  '&a ',
  '*a',
  '!x ',
  '|\n',
  '>\n',
  '\t',
  '\r\n',
  '\uFEFF',
  '---\n',
  '...\n',
  '%',
  '?',
  '? ',
  '\\',
  '\u{1F600}',
  'null',
  'true',
  '0',
  '-',
  'entities:\n',
  'api:\n',
  '  resources:\n',
  'jobs:\n- ',
  '__proto__: 1\n',
  'constructor: 1\n',
  '<<: *a\n',
  'name: x\n',
  'type: ',
];

export const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.oneof(fc.nat(3), fc.nat(60)),
  inserted: fc.oneof(fc.constant(''), fc.constantFrom(...pieces), fc.string({ maxLength: 6, unit: 'binary' })),
});

export function apply(text: string, { at, removed, inserted }: Edit): string {
  const start = Math.floor(at * text.length);
  return text.slice(0, start) + inserted + text.slice(start + removed);
}

export const exampleText: fc.Arbitrary<string> = fc.constantFrom(...Object.values(exampleTexts));

/** An example after some edits. */
export const mutatedExample: fc.Arbitrary<string> = fc
  .tuple(exampleText, fc.array(edit, { maxLength: 6 }))
  .map(([text, edits]) => edits.reduce(apply, text));
