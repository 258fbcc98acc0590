import { printable } from '../deployment/printable.ts';
import { redact } from '../deployment/redact.ts';

/** More than this is read in the output, not in a notification. Characters. */
const most = 1_000;

/**
 * A text for a notification. VS Code makes links of `[words](https:…)` in it, and of `[words](command:…)` one that runs
 * any command: names in a Blueprint and what services answer must not become either.
 */
export function messageText(text: string): string {
  const plain = printable(redact(text)).replaceAll('](', '] (');
  return plain.length > most ? `${plain.slice(0, most)}…` : plain;
}
