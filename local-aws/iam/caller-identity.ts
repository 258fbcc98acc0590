import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { localAccount } from '../providers/aws.ts';
import { type RoleSession, sessionArn } from './credentials.ts';
import { elements } from './refusal.ts';

/** The answer of sts:GetCallerIdentity, which needs no leave. */
export function answerCallerIdentity(response: ServerResponse, session: RoleSession, roleId: string | undefined): void {
  const requestId = randomUUID();
  const result = elements({
    Arn: sessionArn(session),
    UserId: `${roleId ?? 'AROAGONE'}:${session.sessionName}`,
    Account: localAccount,
  });
  const body =
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">' +
    `<GetCallerIdentityResult>${result}</GetCallerIdentityResult>` +
    `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`;
  response
    .writeHead(200, {
      'content-type': 'text/xml',
      'content-length': Buffer.byteLength(body),
      'x-amzn-requestid': requestId,
    })
    .end(body);
}
