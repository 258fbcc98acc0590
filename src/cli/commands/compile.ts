import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { tellObstacle } from '../account.ts';
import type { OptionValues } from '../command.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { openProject } from '../project.ts';
import type { Terminal } from '../terminal.ts';

/** `backdrift compile`: the templates as files, for reading, for other tools, for review. */
export async function run(values: OptionValues, terminal: Terminal): Promise<ExitCode> {
  const opened = await openProject(values, terminal);
  if (opened.status === 'stopped') return opened.exit;
  const { compilation, blueprint, target } = opened.project;
  const manifest = {
    project: blueprint.project.slug,
    environment: target.environment,
    region: target.region,
    stacks: compilation.stacks.map(({ layer, name, dependsOn, parameters, artifacts, template }) => ({
      layer,
      name,
      template: `${layer}.json`,
      resources: Object.keys(template.Resources).length,
      dependsOn,
      parameters,
      artifacts: artifacts.map(({ key }) => key),
    })),
  };
  const text = JSON.stringify(manifest, null, 2);
  if (values.out !== undefined) {
    const directory = path.resolve(terminal.workingDirectory, values.out);
    try {
      await mkdir(directory, { recursive: true });
      await Promise.all([
        ...compilation.stacks.map(({ layer, template }) =>
          writeFile(path.join(directory, `${layer}.json`), `${JSON.stringify(template, null, 2)}\n`),
        ),
        writeFile(path.join(directory, 'manifest.json'), `${text}\n`),
      ]);
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      const message = `The templates could not be written into ${directory}.`;
      const hint = 'Name a folder that you may write to; it is made where it is missing.';
      tellObstacle({ code: 'cannot-write', message, hint, cause }, terminal, values.json === true);
      return exitCode.failed;
    }
  }
  if (values.json) {
    terminal.out(text);
    return exitCode.done;
  }
  for (const stack of manifest.stacks) {
    terminal.out(`${stack.name}: ${stack.resources === 1 ? '1 resource' : `${stack.resources} resources`}`);
  }
  terminal.out(
    values.out === undefined
      ? 'Add --out DIR to write the templates.'
      : `Written to ${values.out}, with manifest.json.`,
  );
  return exitCode.done;
}
