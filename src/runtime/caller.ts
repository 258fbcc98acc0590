import { own, ownText } from './json.ts';

/** The attribute of a user that names the tenant. The template keeps users from writing it. */
export const tenantClaim = 'custom:tenant_id';

/** Who calls, as the verified token says. Tenant and owner of a row come from here and from nowhere else. */
export interface Caller {
  /** The user's id in the user pool; absent for a public call. */
  sub?: string;
  /** The tenant that the user belongs to; written by the backend, never by the user. */
  tenant?: string;
  /** The address that the token names. */
  email?: string;
  /** The groups of the user pool that the user is in. */
  roles: readonly string[];
}

/** Reads the claims that the Cognito authorizer of API Gateway puts into an event. */
export function readCaller(claims: unknown): Caller {
  const sub = nonEmpty(ownText(claims, 'sub'));
  const email = nonEmpty(ownText(claims, 'email'));
  const tenant = nonEmpty(ownText(claims, tenantClaim));
  return {
    ...(sub === undefined ? {} : { sub }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(email === undefined ? {} : { email }),
    roles: readRoles(own(claims, 'cognito:groups')),
  };
}

/** API Gateway turns the list of groups into one text, separated by commas; other fronts keep the list. */
function readRoles(groups: unknown): string[] {
  const list: unknown[] = typeof groups === 'string' ? groups.split(',') : Array.isArray(groups) ? groups : [];
  return list.flatMap((group) => (typeof group === 'string' && group.trim() !== '' ? [group.trim()] : []));
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
