import * as z from 'zod';
import { CognitoError, invalid, notAuthorized, userNotFound } from './cognito-error.ts';
import { type ClientSettings, isStandardAttribute, type PoolSettings } from './pool-settings.ts';
import type { Directory, User } from './user.ts';

/** `[{Name, Value}]` as a map. */
export const Attributes = z
  .array(z.looseObject({ Name: z.string().min(1).max(32), Value: z.string().max(2048).default('') }))
  .default([])
  .transform((list) => new Map(list.map(({ Name, Value }) => [Name, Value] as const)));

/** Refuses values that the pool's schema does not know or allow; `present` are those that the user has already. */
export function checkAttributes(
  pool: PoolSettings,
  given: ReadonlyMap<string, string>,
  present?: ReadonlyMap<string, string>,
): void {
  for (const [name, value] of given) {
    const schema = pool.schema.get(name);
    if (name === 'sub') throw invalid('Cannot modify an already provided attribute: sub.');
    if (!schema && !isStandardAttribute(name) && !name.endsWith('_verified'))
      throw invalid(`Attributes did not conform to the schema: ${name}: Attribute does not exist in the schema.\n`);
    if (schema?.Mutable === false && present !== undefined)
      throw invalid(`user.${name}: Attribute cannot be updated.\n`);
    const { MinLength, MaxLength } = schema?.StringAttributeConstraints ?? {};
    if (value.length < Number(MinLength ?? 0) || value.length > Number(MaxLength ?? 2048))
      throw invalid(
        `Attributes did not conform to the schema: ${name}: String must have length between ${MinLength ?? 0} and ${MaxLength ?? 2048}\n`,
      );
    if (name === 'email' && value !== '' && !isEmail(value)) throw invalid('Invalid email address format.');
  }
  const missing = [...pool.schema.values()].find(
    ({ Name = '', Required }) => Required && Name !== 'sub' && !(given.get(Name) ?? present?.get(Name)),
  );
  if (missing)
    throw invalid(
      `Attributes did not conform to the schema: ${missing.Name}: The attribute ${missing.Name} is required\n`,
    );
}

/** A client writes only what it is allowed to: `custom:tenant_id` of a deployed pool is not among it. */
export function checkWritable(client: ClientSettings, names: Iterable<string>): void {
  for (const name of names)
    if (!client.writable.has(name)) throw notAuthorized('A client attempted to write unauthorized attribute');
}

/** The values with the one that the user name stands for; refuses a name that is none of the pool's. */
export function withUsername(
  pool: PoolSettings,
  username: string,
  given: ReadonlyMap<string, string>,
): Map<string, string> {
  const all = new Map(given);
  if (pool.usernameAttributes.length === 0) return all;
  const attribute = pool.usernameAttributes.find((name) => (name === 'email' ? isEmail(username) : isPhone(username)));
  if (!attribute)
    throw invalid(
      pool.usernameAttributes.length > 1
        ? 'Username should be either an email or a phone number.'
        : `Username should be ${pool.usernameAttributes[0] === 'email' ? 'an email' : 'a phone number'}.`,
    );
  all.set(attribute, username);
  return all;
}

/** Refuses an email or phone number that somebody else signs in with. */
export function checkFree(
  pool: PoolSettings,
  directory: Directory,
  given: ReadonlyMap<string, string>,
  own?: User,
): void {
  for (const name of pool.usernameAttributes) {
    const value = given.get(name);
    const other = value === undefined ? undefined : directory.find(pool, value);
    if (other && other !== own)
      throw new CognitoError(
        'AliasExistsException',
        `An account with the given ${name === 'email' ? 'email' : 'phone_number'} already exists.`,
      );
  }
}

export function existing(pool: PoolSettings, directory: Directory, username: string): User {
  const user = directory.find(pool, username);
  if (!user) throw userNotFound();
  return user;
}

export function isEmail(text: string): boolean {
  return /^[^\s@]{1,64}@[^\s@]+\.[^\s@.]+$/.test(text);
}

function isPhone(text: string): boolean {
  return /^\+\d{1,15}$/.test(text);
}
