/**
 * Takes secrets out of a text before it is logged, shown, or kept in the history. What is redacted leaves its name in
 * place, so that a reader still sees what stood there. What was redacted stays the same when it is redacted again.
 */
export function redact(text: string): string {
  return patterns.reduce((redacted, [pattern, replacement]) => redacted.replace(pattern, replacement), text);
}

const hidden = '[redacted]';

/** Names whose value is a secret, whatever stands before them: `DB_PASSWORD`, `x-amz-security-token`, `clientSecret`. */
const secretNames = [
  ...['secret[_-]?access[_-]?key', 'secret[_-]?key', 'private[_-]?key', 'api[_-]?key', 'client[_-]?secret'],
  ...['session', 'security', 'access', 'id', 'refresh', 'auth'].map((kind) => `${kind}[_-]?token`),
  ...['password', 'passwd', 'passphrase'],
].join('|');

/** Shapes of AWS credentials: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
const patterns: readonly (readonly [RegExp, string])[] = [
  // A private key in PEM, also where its line breaks are written as \n.
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, hidden],
  // A signed header or URL: the signature and the session token let anyone repeat the request.
  [/\b(X-Amz-(?:Signature|Security-Token|Credential)=)[^&\s"']+/gi, `$1${hidden}`],
  [/\b(Signature=|Credential=)[A-Za-z0-9/_-]{8,}/g, `$1${hidden}`],
  [/\b(Authorization["']?\s*[:=]\s*["']?(?:Bearer|Basic)\s+)[^\s"',]+/gi, `$1${hidden}`],
  // A user's password in an address.
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@"']{1,256}:)[^\s/@"']{1,256}@/gi, `$1${hidden}@`],
  // name: value, name=value and "name": "value", whatever the spelling of the name; in quotes, all that is in them.
  [new RegExp(`((?:${secretNames})\\\\?["']?\\s*[:=]\\s*)(\\\\?["'])(?:(?!\\2)[^\\n])+\\2`, 'gi'), `$1$2${hidden}$2`],
  [new RegExp(`((?:${secretNames})\\\\?["']?\\s*[:=]\\s*\\\\?["']?)[^\\s"',;&}\\\\]+`, 'gi'), `$1${hidden}`],
  // JSON web tokens, and the tokens of temporary credentials, which all begin alike.
  [/\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*/g, hidden],
  [/\b(?:IQoJb3JpZ2lu|F[wQ]oGZXIvYXdz)[A-Za-z0-9+/=]{20,}/g, hidden],
  // Access key ids: not secret alone, yet half of a pair. The last four characters tell which one it was.
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12}([A-Z0-9]{4})\b/g, `${hidden}$1`],
];
