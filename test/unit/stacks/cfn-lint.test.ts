import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import * as z from 'zod';
import type { Blueprint } from '../../../src/blueprint/blueprint.ts';
import { parseBlueprint } from '../../../src/blueprint/parse.ts';
import { compile } from '../../../src/stacks/compile.ts';
import { anyBlueprint } from '../../builders/blueprint-arbitrary.ts';
import { codeOf, examples } from '../../builders/example-blueprints.ts';

const isThere = spawnSync('cfn-lint', ['--version']).status === 0;
const name = 'cfn-lint finds no error in any template';

const findingsSchema = z.array(
  z.object({ Filename: z.string(), Level: z.string(), Message: z.string(), Rule: z.object({ Id: z.string() }) }),
);

describe('cfn-lint', function () {
  // A process that reads a thousand schemas before its first template.
  this.timeout(180_000);
  let directory = '';
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'backdrift-cfn-lint-'));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  it(isThere ? name : `${name} (skipped: cfn-lint is not on PATH)`, async function () {
    if (!isThere) this.skip();
    const seed = Math.floor(Math.random() * 2 ** 31);
    const blueprints: [string, Blueprint][] = [
      ...Object.entries(examples).map(([example, make]): [string, Blueprint] => [example, make()]),
      ...projects(),
      ...fc.sample(anyBlueprint, { numRuns: 20, seed }).map((any, index): [string, Blueprint] => [`any${index}`, any]),
    ];
    const files = blueprints.flatMap(([label, blueprint]) => {
      const { stacks } = compile(blueprint, { environment: 'dev', code: codeOf(blueprint) });
      return stacks.map((stack) => write(`${label}-${stack.layer}`, stack.body));
    });
    // A linter that reports nothing may also have read nothing: one template must be refused.
    const broken = write(
      'broken',
      '{"Resources":{"Table":{"Type":"AWS::DynamoDB::Table","Properties":{"Nonsense":1}}}}',
    );
    const findings = await lint([...files, broken]);
    assert.ok(findings.some(({ Filename }) => Filename === broken));
    const errors = findings.filter(({ Filename, Level }) => Level === 'Error' && Filename !== broken);
    assert.deepEqual(
      errors.map(({ Filename, Message, Rule }) => `${Rule.Id} ${Filename}: ${Message}`),
      [],
      `seed ${seed}`,
    );
  });

  function write(label: string, text: string): string {
    const file = join(directory, `${label}.json`);
    writeFileSync(file, text);
    return file;
  }
});

/** The projects that a newcomer opens. */
function projects(): [string, Blueprint][] {
  const folder = new URL('../../../examples/', import.meta.url);
  const found = readdirSync(folder).map((project): [string, Blueprint] => {
    const { blueprint, problems } = parseBlueprint(readFileSync(new URL(`${project}/backdrift.yaml`, folder), 'utf8'));
    assert.ok(blueprint, `${project}: ${JSON.stringify(problems)}`);
    assert.deepEqual(compile(blueprint, { environment: 'dev', code: codeOf(blueprint) }).problems, [], project);
    return [project, blueprint];
  });
  assert.ok(found.length >= 3);
  return found;
}

async function lint(files: string[]): Promise<z.infer<typeof findingsSchema>> {
  const { stdout } = await promisify(execFile)(
    'cfn-lint',
    ['--format', 'json', '--non-zero-exit-code', 'none', '--regions', 'us-east-2', '--template', ...files],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  return findingsSchema.parse(JSON.parse(stdout));
}
