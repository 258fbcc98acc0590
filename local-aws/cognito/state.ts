import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Aws } from '../providers/aws.ts';
import { Challenges } from './challenges.ts';
import type { CodePurpose } from './code.ts';
import { notAuthorized } from './cognito-error.ts';
import type { Mail, Mailbox } from './mailbox.ts';
import { type ClientSettings, type PoolSettings, Pools } from './pool-settings.ts';
import { SignIns } from './sign-ins.ts';
import { SigningKeys } from './signing-keys.ts';
import { Directory, type User } from './user.ts';

/** Everything that the users of all pools have and do. */
export class CognitoState {
  readonly pools: Pools;
  readonly keys = new SigningKeys();
  readonly signIns: SignIns;
  readonly challenges: Challenges;
  readonly now: () => number;
  readonly #mailbox: Mailbox;
  readonly #directories = new Map<string, Directory>();

  constructor(options: { aws: Aws; mailbox: Mailbox; now: () => number }) {
    this.pools = new Pools(options.aws);
    this.now = options.now;
    this.signIns = new SignIns(this.keys, options.now);
    this.challenges = new Challenges(options.now);
    this.#mailbox = options.mailbox;
  }

  directory(userPoolId: string): Directory {
    const known = this.#directories.get(userPoolId);
    if (known) return known;
    const made = new Directory();
    this.#directories.set(userPoolId, made);
    return made;
  }

  /** The groups of a user, the most weighty first; those that were deleted since are left out. */
  async groupsOf(pool: PoolSettings, user: User): Promise<string[]> {
    if (user.groups.size === 0) return [];
    const groups = await this.pools.groups(pool);
    return groups.flatMap(({ GroupName = '' }) => (user.groups.has(GroupName) ? [GroupName] : []));
  }

  /** Sends a code to an address and says where it went, as the API does. */
  sendCode(pool: PoolSettings, user: User, purpose: CodePurpose, kind: Mail['kind'], to: string): CodeDelivery {
    const code = user.codes.issue(purpose, this.now());
    const { subject, body } = pool.messages.verification;
    this.mail(pool, kind, to, { subject, body: body.replaceAll('{####}', code), code });
    return codeDelivery(to);
  }

  mail(pool: PoolSettings, kind: Mail['kind'], to: string, said: Pick<Mail, 'subject' | 'body' | 'code'>): void {
    this.#mailbox.send({ sent: new Date(this.now()).toISOString(), to, ...said, userPoolId: pool.id, kind });
  }
}

export interface CodeDelivery {
  AttributeName: 'email';
  DeliveryMedium: 'EMAIL';
  Destination: string;
}

/** `a***@e***`, of `ann@example.org`. */
export function codeDelivery(email: string): CodeDelivery {
  const [name = '', domain = ''] = email.split('@');
  return {
    AttributeName: 'email',
    DeliveryMedium: 'EMAIL',
    Destination: `${name.slice(0, 1)}***@${domain.slice(0, 1)}***`,
  };
}

/** A client with a secret proves that it has it: HMAC-SHA256 of user name and client id, in base64. */
export function checkSecretHash(client: ClientSettings, username: string, given: string | undefined): void {
  if (client.secret === undefined) return;
  const expected = createHmac('sha256', client.secret).update(`${username}${client.id}`).digest();
  const sent = Buffer.from(given ?? '', 'base64');
  if (sent.length !== expected.length || !timingSafeEqual(sent, expected))
    throw notAuthorized(`Unable to verify secret hash for client ${client.id}`);
}
