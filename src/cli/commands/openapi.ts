import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openapiDocument } from '../../stacks/openapi/document.ts';
import { stageName } from '../../stacks/stage-name.ts';
import { tellObstacle } from '../account.ts';
import type { OptionValues } from '../command.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { readProject } from '../project.ts';
import type { Terminal } from '../terminal.ts';

/** `backdrift openapi`: what the API takes and answers, from the same source as what the functions check. */
export async function run(values: OptionValues, terminal: Terminal): Promise<ExitCode> {
  const format = values.format ?? 'yaml';
  if (format !== 'yaml' && format !== 'json') {
    const message = `There is no format ${format}.`;
    tellObstacle({ code: 'unknown-format', message, hint: 'Write --format yaml or --format json.' }, terminal, false);
    return exitCode.usage;
  }
  const read = await readProject(values, terminal);
  if (read.status === 'stopped') return read.exit;
  const document = openapiDocument(read.project.blueprint, values.server ?? `/${stageName}`);
  if (document === undefined) {
    const message = 'The Blueprint has no API to describe.';
    tellObstacle({ code: 'no-api', message, hint: 'Add `api:` with resources or endpoints.' }, terminal, false);
    return exitCode.failed;
  }
  const text = format === 'json' ? `${JSON.stringify(document, null, 2)}\n` : await yaml(document);
  if (values.out === undefined) {
    terminal.out(text.trimEnd());
    return exitCode.done;
  }
  try {
    await writeFile(path.resolve(terminal.workingDirectory, values.out), text);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    const message = `The document could not be written to ${values.out}.`;
    tellObstacle(
      { code: 'cannot-write', message, hint: 'Name a file in a folder that you may write to.', cause },
      terminal,
      false,
    );
    return exitCode.failed;
  }
  terminal.out(`Written to ${values.out}.`);
  return exitCode.done;
}

async function yaml(document: object): Promise<string> {
  const { stringify } = await import('yaml');
  // Parts that occur twice are written twice: not every reader of OpenAPI knows anchors.
  return stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 });
}
