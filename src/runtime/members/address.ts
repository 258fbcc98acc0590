/** The longest address that SMTP can carry. https://www.rfc-editor.org/errata/eid1690 */
const longest = 254;

/**
 * An email address in the one form in which addresses are compared, as the user pool does: without case. ASCII only:
 * letters that look alike, or become alike in lower case, must never make two people one. Undefined when it is none.
 */
export function normalizedAddress(text: string): string | undefined {
  if (text.length > longest || !/^[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+\.[A-Za-z0-9-]+$/.test(text))
    return undefined;
  return text.toLowerCase();
}
