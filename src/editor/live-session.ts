import type { Log } from './log.ts';
import type { Session } from './session.ts';

export async function createSession(_parts: { extension: string; storage: string; log: Log }): Promise<Session> {
  throw new Error('not wired yet');
}
