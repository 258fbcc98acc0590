/** A rule of a bucket's CORS configuration. */
export interface CorsRule {
  origins: readonly string[];
  methods: readonly string[];
  headers: readonly string[];
  exposed: readonly string[];
  /** Seconds. */
  maxAge?: number;
}

interface Asked {
  origin: string;
  method: string;
  /** That a preflight asks for; empty for the request itself. */
  headers: readonly string[];
}

/** The first rule that allows it all. Origins and headers may hold one star; header names have no case. */
export function matchingRule(rules: readonly CorsRule[], { origin, method, headers }: Asked): CorsRule | undefined {
  return rules.find(
    (rule) =>
      rule.origins.some((pattern) => matches(pattern, origin)) &&
      rule.methods.includes(method) &&
      headers.every((name) => rule.headers.some((pattern) => matches(pattern.toLowerCase(), name.toLowerCase()))),
  );
}

/** The headers that a rule gives an answer. */
export function allowed(rule: CorsRule, { origin, headers }: Omit<Asked, 'method'>): Record<string, string> {
  const everyone = rule.origins.includes('*');
  return {
    'access-control-allow-origin': everyone ? '*' : origin,
    'access-control-allow-methods': rule.methods.join(', '),
    ...(headers.length === 0 ? {} : { 'access-control-allow-headers': headers.join(', ') }),
    ...(rule.exposed.length === 0 ? {} : { 'access-control-expose-headers': rule.exposed.join(', ') }),
    ...(rule.maxAge === undefined ? {} : { 'access-control-max-age': String(rule.maxAge) }),
    ...(everyone ? {} : { 'access-control-allow-credentials': 'true' }),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
}

function matches(pattern: string, text: string): boolean {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === text;
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after);
}
