import { plain, resourceLine, stackTitle, summary } from './lines.ts';
import type { Preview, StackPreview } from './preview.ts';

/** A preview for the terminal: the heading, every stack that changes with its lines, the sentence that sums it up. */
export function renderPreview(preview: Preview): string {
  const { project, environment, region, baseline } = preview;
  const since = baseline ? `since deployment ${baseline.deployment}` : 'nothing deployed yet';
  const touched = preview.stacks.filter(({ action }) => action !== 'none');
  return [
    `${plain(project)}, ${plain(environment)} in ${region} (${since})`,
    ...touched.map(renderStack),
    ...(preview.notes.length > 0 ? [preview.notes.map((note) => `Note: ${plain(note)}`).join('\n')] : []),
    `${summary(preview)}.`,
  ]
    .join('\n\n')
    .concat('\n');
}

const actionWords = { create: 'new', update: 'changes', delete: 'goes away', none: 'stays' } as const;

function renderStack(stack: StackPreview): string {
  const lines = stack.resources.map((change) => `  ${resourceLine(change)}`);
  if (lines.length === 0) lines.push('  Only its outputs or descriptions change');
  return [`${stackTitle(stack)}: ${actionWords[stack.action]}`, ...lines].join('\n');
}
