import type { Region } from '../blueprint/schema.ts';

/** The environment that every project has: the local AWS on this machine. Reserved: no Blueprint may declare it. */
export const localEnvironment = 'local';
/** The account id that the local AWS answers with. */
export const localAccount = '123456789012';
/** Where the local AWS listens unless told otherwise. */
export const localPort = 4577;

/** Where a deployment goes. `local` is never mistaken for a real account: it carries its endpoint and no profile. */
export type Target =
  | {
      kind: 'local';
      environment: typeof localEnvironment;
      region: Region /** http://127.0.0.1:4577 */;
      endpoint: string;
    }
  | {
      kind: 'aws';
      environment: string;
      region: Region;
      profile?: string /** The only account allowed, from the Blueprint. */;
      account?: string;
      protected: boolean;
    };

/** Who is deploying, as the security token service sees it. */
export interface Identity {
  account: string;
  arn: string;
}

/**
 * Whether an address leads to this machine and nowhere else: `localhost`, 127.0.0.0/8 or ::1, over http or https,
 * without a user name. Other names are not trusted: they may lead anywhere tomorrow.
 */
export function isLoopback(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const url = new URL(endpoint);
  if (!['http:', 'https:'].includes(url.protocol)) return false;
  if (url.username !== '' || url.password !== '') return false;
  // The parser writes every form of an IPv4 address as four decimal numbers.
  return url.hostname === 'localhost' || url.hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(url.hostname);
}
