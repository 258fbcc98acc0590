/**
 * A pattern of a policy: `*` stands for any characters, also none, `?` for exactly one. Takes time in proportion to the
 * two lengths at worst, whatever the pattern: policies and requests come from the user's code.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    // A star first: a text may hold one too, which must not be taken for the same character.
    if (pattern[p] === '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/**
 * The pattern of an ARN. A wildcard stays within its part of the ARN, except in the last one, which holds the resource.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === '*') return true;
  const wanted = arnParts(pattern);
  const given = arnParts(arn);
  if (wanted.length < 6 || given.length < 6) return pattern === arn;
  return wanted.every((part, index) => matchesGlob(part, given[index] ?? ''));
}

/** `arn:partition:service:region:account:resource`; colons after the fifth belong to the resource. */
function arnParts(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
