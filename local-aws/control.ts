import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { pathOf, queryOf } from './aws-request.ts';
import type { CallCounts } from './call-counts.ts';
import type { ScaledClock } from './clock.ts';
import type { Mailbox } from './cognito/mailbox.ts';
import type { Throttling } from './data-plane/throttling.ts';
import { readBody } from './http-body.ts';
import type { Denials } from './iam/denials.ts';

/** What `/_local/` reads and changes. */
export interface Control {
  readonly moto: string | undefined;
  readonly clock: ScaledClock;
  readonly calls: CallCounts;
  /** Undefined without moto: then there are no user pools. */
  mailbox(): Mailbox | undefined;
  /** Undefined without moto: then there are no APIs. */
  throttling(): Throttling | undefined;
  /** Undefined without moto: then there are no roles. */
  denials(): Denials | undefined;
  reset(): Promise<void>;
}

const throttlingInput = z.object({ enabled: z.boolean() });
const scaleInput = z.object({ scale: z.number().min(0).max(100) });

/**
 * Local AWS's own interface, for the editor, tests and benches:
 * `GET /_local/health`, `POST /_local/scale {"scale":0}`, `POST /_local/reset`, `GET` and `DELETE /_local/calls`,
 * `GET` and `DELETE /_local/denials` (what functions were refused), `GET` and `DELETE /_local/mail` (`?to=` for one
 * address), `POST /_local/throttling {"enabled":false}`.
 * The other addresses under it belong to the parts that serve what was deployed, which are asked first.
 */
export async function handleControl(
  control: Control,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  switch (`${request.method} ${pathOf(request)}`) {
    case 'GET /_local/health':
      return answerJson(response, 200, health(control));
    case 'POST /_local/scale': {
      const scale = scaleInput.safeParse(parseJson((await readBody(request, 10_000))?.toString()));
      if (!scale.success) {
        return answerJson(response, 400, { message: 'Send {"scale": n} with a number from 0 (instant) to 100.' });
      }
      control.clock.setScale(scale.data.scale);
      return answerJson(response, 200, health(control));
    }
    case 'POST /_local/reset':
      await control.reset();
      return answerJson(response, 200, health(control));
    case 'GET /_local/calls':
      return answerJson(response, 200, control.calls.counts());
    case 'DELETE /_local/calls':
      control.calls.clear();
      return answerJson(response, 200, {});
    case 'GET /_local/denials':
      return answerJson(response, 200, { denials: control.denials()?.all() ?? [] });
    case 'DELETE /_local/denials':
      control.denials()?.clear();
      return answerJson(response, 200, {});
    case 'GET /_local/mail': {
      const to = queryOf(request).get('to')?.toLowerCase();
      const mails = control.mailbox()?.all() ?? [];
      return answerJson(response, 200, { mail: to ? mails.filter((mail) => mail.to.toLowerCase() === to) : mails });
    }
    case 'DELETE /_local/mail':
      control.mailbox()?.clear();
      return answerJson(response, 200, {});
    case 'POST /_local/throttling': {
      const wish = throttlingInput.safeParse(parseJson((await readBody(request, 10_000))?.toString()));
      if (!wish.success) return answerJson(response, 400, { message: 'Send {"enabled": true} or {"enabled": false}.' });
      const throttling = control.throttling();
      if (throttling) throttling.enabled = wish.data.enabled;
      return answerJson(response, 200, { enabled: throttling?.enabled ?? false });
    }
    default:
      return answerJson(response, 404, { message: `There is no ${request.method} ${pathOf(request)} here.` });
  }
}

function health({ moto, clock }: Control) {
  return { product: 'backdrift-local-aws', pid: process.pid, moto: moto ?? null, scale: clock.scale };
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    // Not JSON is refused with the same words as JSON of the wrong shape.
    return undefined;
  }
}

export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  const body = `${JSON.stringify(value)}\n`;
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
