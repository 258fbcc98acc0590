import type { CompileProblem } from './stack.ts';

/** Names whose value is the secret itself. `TOKEN_URL` and `SECRET_NAME` only speak of one. */
const secretName =
  /(?:^|_)(?:SECRET|PASSWORD|PASSWD|PASSPHRASE|TOKEN|CREDENTIALS?|(?:API|PRIVATE|SECRET|ACCESS|SIGNING|ENCRYPTION)_?KEY)$/i;

/** Values that are secrets whatever they are called: an AWS key, a private key, a web token, keys of well-known services, a password in an address. */
const secretValue =
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|\beyJ[\w-]{10,}\.[\w-]{10,}\.|\b(?:ghp|gho|ghs|github_pat|glpat|sk_live|rk_live|xox[abp])[_-]\w{10,}|^[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]*:[^\s/@]+@/i;

/** Where a secret is, instead of the secret: an ARN, the path of a parameter, a reference that CloudFormation resolves. */
const reference = /^(?:arn:|\/|\{\{resolve:)/;

/**
 * Environment variables that look like secrets. They would stand in the Blueprint, in the template, in the history, and
 * in the console for everybody who may look at the function.
 * https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/sec_identities_secrets.html
 */
export function secretProblems(environment: Record<string, string>, path: (string | number)[]): CompileProblem[] {
  return Object.entries(environment).flatMap(([name, value]): CompileProblem[] => {
    if (value === '' || reference.test(value)) return [];
    if (!secretName.test(name) && !secretValue.test(value)) return [];
    return [
      {
        code: 'secret-in-environment',
        severity: 'warning',
        message: `${name} looks like a secret, and would be readable in the template and in the Lambda console.`,
        hint: 'Keep it in Systems Manager or Secrets Manager, and give the function its name instead: a path such as /shop/api-key, or an ARN.',
        path: [...path, name],
      },
    ];
  });
}
