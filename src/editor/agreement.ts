import { createHash } from 'node:crypto';
import type { Compilation } from '../stacks/stack.ts';
import type { Agreement, Obstacle } from './session.ts';
import { t } from './text.ts';

/** Of all that a deployment would submit: names, templates (they hold the hashes of all code) and parameters. */
export function fingerprintOf({ stacks }: Compilation): string {
  const hash = createHash('sha256');
  for (const { name, body, parameters } of stacks) hash.update(JSON.stringify([name, body, parameters]));
  return hash.digest('hex');
}

/** Why stacks are not those that the user agreed to: their own words for it are the preview. */
export function otherStacks(agreed: Agreement, compilation: Compilation): Obstacle | undefined {
  if (fingerprintOf(compilation) === agreed.fingerprint) return undefined;
  return {
    code: 'changed-since-preview',
    message: t('Something has changed since the preview, such as the code of a function. Nothing was deployed.'),
    hint: t('Preview and deploy again.'),
  };
}

/** Why a place is not the one that the user agreed to: credentials may be others a minute later. */
export function otherPlace(
  agreed: Agreement,
  actual: { identity: { account: string }; endpoint?: string },
): Obstacle | undefined {
  const { account } = actual.identity;
  if (account !== agreed.account) {
    return {
      code: 'other-account',
      message: t('You agreed to the account {0}; the credentials are for {1} now.', agreed.account, account),
      hint: t('Nothing was deployed. Choose the credentials, then deploy again.'),
    };
  }
  if (actual.endpoint !== agreed.endpoint) {
    return {
      code: 'other-endpoint',
      message: t('Calls go to {0} now, which was not so when you agreed.', actual.endpoint ?? 'AWS'),
      hint: t('Nothing was deployed. Check AWS_ENDPOINT_URL, then deploy again.'),
    };
  }
  return undefined;
}
