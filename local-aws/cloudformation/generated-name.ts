import { randomInt } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** The random end of a generated name: 12 letters and digits. */
export function nameSuffix(): string {
  return Array.from({ length: 12 }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/**
 * `<stack>-<logicalId>-<suffix>`, as CloudFormation names what has no name. Where that is too long, stack and logical
 * id are cut to equal shares, and the suffix stays whole as far as it can.
 */
export function generatedName(
  stackName: string,
  logicalId: string,
  suffix: string,
  maxLength: number,
  lowerCase = false,
): string {
  const space = Math.max(0, maxLength - suffix.length - 2);
  const logicalShare = Math.min(logicalId.length, Math.max(Math.floor(space / 2), space - stackName.length));
  const stackShare = space - logicalShare;
  const parts = [stackName.slice(0, stackShare), logicalId.slice(0, logicalShare), suffix.slice(0, maxLength)];
  const name = parts.filter((part) => part !== '').join('-');
  return lowerCase ? name.toLowerCase() : name;
}
