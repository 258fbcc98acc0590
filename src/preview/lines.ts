import { layerTitles } from '../stacks/stack.ts';
import type { Preview, ResourceChange, StackPreview } from './preview.ts';

/** The sign in front of a line: created, changed in place, deleted and made anew, deleted. */
export const signs = { create: '+', update: '~', replace: '±', delete: '-' } as const;

/** Of these a stack has one, so what happens says more than the name: `~ AWS::ApiGateway::RestApi (update routes)`. */
const alone = new Set(['AWS::ApiGateway::RestApi']);

/** A line of a preview as the product shows it: `+ AWS::DynamoDB::Table (tasks-table)`. */
export function resourceLine(change: ResourceChange): string {
  const words = [change.note, ...(change.retained ? [keptWords(change)] : [])].filter((word) => word !== undefined);
  const note = words.join(', ');
  const bracket = note === '' ? change.label : alone.has(change.type) ? note : `${change.label}: ${note}`;
  return `${signs[change.action]} ${plain(change.type)} (${plain(bracket)})`;
}

function keptWords({ action }: ResourceChange): string {
  return action === 'replace' ? 'the old one stays in your account' : 'stays in your account';
}

/** A stack's heading: `DynamoDB Stack (database)`. */
export function stackTitle({ layer }: Pick<StackPreview, 'layer'>): string {
  const { title, purpose } = layerTitles[layer];
  return `${title} (${purpose})`;
}

/** All of it in one sentence: `4 created, 1 changed, 0 deleted in 2 stacks`. */
export function summary({ counts, stacks }: Preview): string {
  const touched = stacks.filter(({ action }) => action !== 'none').length;
  if (touched === 0) return 'No changes';
  const replaced = counts.replace > 0 ? `, ${counts.replace} replaced` : '';
  const where = touched === 1 ? '1 stack' : `${touched} stacks`;
  return `${counts.create} created, ${counts.update} changed${replaced}, ${counts.delete} deleted in ${where}`;
}

/** Text that a terminal shows as it is: control and direction characters are written out. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
