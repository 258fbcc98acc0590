import type { AccountSetting, Stack } from '../stacks/stack.ts';

/** Account settings as parameters have them. One that could not be read is absent. */
export type KnownSettings = ReadonlyMap<AccountSetting, 'true' | 'false'>;

/** What somebody who looked at the account knows. */
export interface KnownAccount {
  settings: KnownSettings;
  /** Parameters of the stack as it is now: a setting that could not be read stays as it was. */
  live: Readonly<Record<string, string>>;
}

/**
 * Parameters whose value is known before anything is deployed; the others come from the outputs of other stacks. An
 * account setting is known only to who looked: without `account` it is left out.
 */
export function knownParameters({ parameters }: Pick<Stack, 'parameters'>, account?: KnownAccount) {
  const known: Record<string, string> = {};
  for (const [name, source] of Object.entries(parameters)) {
    if (source.from === 'value') known[name] = source.value;
    else if (source.from === 'account-setting' && account !== undefined)
      known[name] = settingValue(name, source.setting, account);
  }
  return known;
}

/** What a deployment fills in for an account setting. */
export function settingValue(name: string, setting: AccountSetting, { settings, live }: KnownAccount): string {
  return settings.get(setting) ?? (Object.hasOwn(live, name) ? live[name] : undefined) ?? 'false';
}
