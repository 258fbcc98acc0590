import { randomBytes, randomInt } from 'node:crypto';
import { localAccount } from '../providers/aws.ts';

/** Somebody who acts as a role: on AWS the answer of sts:AssumeRole. */
export interface RoleSession {
  readonly roleArn: string;
  /** Lambda's sessions are called like the function. */
  readonly sessionName: string;
}

export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly session: RoleSession;
}

/**
 * What key ids made here begin with. Temporary keys of AWS begin with ASIA too, and a user may well have such keys in the
 * environment: those are none of ours.
 */
const prefix = 'ASIALOCAL';
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Whether a key id was made by a local AWS, this one or one that has ended. */
export function isLocalKey(accessKeyId: string): boolean {
  return accessKeyId.startsWith(prefix) && accessKeyId.length === 20;
}

/** The credentials of roles. Random for each process and kept in its memory only; they end with it. */
export class CredentialStore {
  readonly #byKey = new Map<string, RoleCredentials>();
  readonly #bySession = new Map<string, RoleCredentials>();

  /** The same session always has the same credentials: a function's execution environments share them. */
  issue(session: RoleSession): RoleCredentials {
    const known = this.#bySession.get(`${session.roleArn} ${session.sessionName}`);
    if (known) return known;
    const id = Array.from({ length: 20 - prefix.length }, () => letters[randomInt(letters.length)]).join('');
    const made: RoleCredentials = {
      accessKeyId: `${prefix}${id}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(96).toString('base64'),
      session,
    };
    this.#byKey.set(made.accessKeyId, made);
    this.#bySession.set(`${session.roleArn} ${session.sessionName}`, made);
    return made;
  }

  find(accessKeyId: string): RoleCredentials | undefined {
    return this.#byKey.get(accessKeyId);
  }
}

/** The name of a role: ARNs carry its path as well. */
export function roleName(roleArn: string): string {
  return roleArn.split('/').at(-1) ?? roleArn;
}

/** What messages and GetCallerIdentity call a session. The path of the role is not in it. */
export function sessionArn({ roleArn, sessionName }: RoleSession): string {
  return `arn:aws:sts::${localAccount}:assumed-role/${roleName(roleArn)}/${sessionName}`;
}
