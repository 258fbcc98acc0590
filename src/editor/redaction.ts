/**
 * Takes secrets out of a text before it is logged or shown. What is redacted leaves its name in place, so that a
 * reader still sees what stood there.
 */
export function redact(text: string): string {
  return patterns.reduce((redacted, [pattern, replacement]) => redacted.replace(pattern, replacement), text);
}

const hidden = '[redacted]';

/** Shapes of AWS credentials: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
const patterns: readonly (readonly [RegExp, string])[] = [
  // A signed header or URL: the signature and the session token let anyone repeat the request.
  [/\b(X-Amz-(?:Signature|Security-Token|Credential)=)[^&\s"']+/gi, `$1${hidden}`],
  [/\b(Signature=|Credential=)[A-Za-z0-9/_-]{8,}/g, `$1${hidden}`],
  [/\b(Authorization["']?\s*[:=]\s*["']?(?:Bearer|Basic)\s+)[^\s"',]+/gi, `$1${hidden}`],
  // name: value, name=value and "name": "value", whatever the spelling of the name.
  [
    /((?:aws_?)?(?:secret_?access_?key|session_?token|security_?token|access_?token|id_?token|refresh_?token|client_?secret|password|passwd)["']?\s*[:=]\s*["']?)[^\s"',;&}]+/gi,
    `$1${hidden}`,
  ],
  // JSON web tokens.
  [/\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*/g, hidden],
  // Access key ids: not secret alone, yet half of a pair. The last four characters tell which one it was.
  [/\b((?:AKIA|ASIA)[A-Z0-9]{12})([A-Z0-9]{4})\b/g, `${hidden}$2`],
  // A private key in PEM.
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g, hidden],
];
