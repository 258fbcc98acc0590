import type { OptionValues } from '../command.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { openProject } from '../project.ts';
import type { Terminal } from '../terminal.ts';

/** `backdrift preview`: what a deploy would change, from what this machine knows. */
export async function run(values: OptionValues, terminal: Terminal): Promise<ExitCode> {
  const opened = await openProject(values, terminal);
  if (opened.status === 'stopped') return opened.exit;
  const { project } = opened;
  const preview = project.preview(await project.cachedBaseline());
  if (values.json) terminal.out(JSON.stringify(preview, null, 2));
  else {
    const { renderPreview } = await import('../../preview/text.ts');
    terminal.out(renderPreview(preview).trimEnd());
    if (project.tellRefused(preview)) terminal.err('A deploy would stop here: AWS would refuse these changes.');
  }
  return exitCode.done;
}
