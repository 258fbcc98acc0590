import type { IncomingMessage, ServerResponse } from 'node:http';
import { pathOf, queryOf } from '../aws-request.ts';
import { readBody } from '../http-body.ts';
import type { Authority } from './authority.ts';
import type { AwsCall } from './aws-call.ts';
import { answerCallerIdentity } from './caller-identity.ts';
import type { RoleSession } from './credentials.ts';
import type { ReadDemands } from './demands/demand.ts';
import { bucketArn, s3Location } from './demands/s3.ts';
import { policyProblem } from './post-policy.ts';
import { isPostUpload, readPostUpload, storeUpload, uploadTarget } from './post-upload.ts';
import { type Refusal, refuse } from './refusal.ts';
import { replayed } from './replay.ts';
import { isTextSignedBy } from './signature.ts';
import { type SignedRequest, signedRequest } from './signed-request.ts';
import { identify, signatureMismatch, signatureProblem } from './verify.ts';

/** Larger than what any service but S3 takes: an invocation of 6 MB. */
const largestCall = 8 * 1024 * 1024;
/** The file of a form is kept in memory while its policy is judged. */
const largestUpload = 256 * 1024 * 1024;

export interface FrontDoorOptions {
  authority: Authority;
  demands: ReadDemands;
  /** Asks moto itself: `PUT /bucket/key`, `HEAD /bucket/key`. */
  storage(method: string, path: string, headers: Record<string, string>, body?: Uint8Array): Promise<Response>;
  now(): number;
}

/**
 * Looks at requests before anybody serves them. Those that are signed with a role's credentials are held to their
 * signature and to the role; with all other credentials (a user's, a test's) everything passes, as nobody checks them.
 * Nobody at all may write to a bucket.
 */
export class FrontDoor {
  readonly #options: FrontDoorOptions;

  constructor(options: FrontDoorOptions) {
    this.#options = options;
  }

  /** The request to be served, its body to be read; undefined when it has been answered, with a refusal mostly. */
  async admit(request: IncomingMessage, response: ServerResponse): Promise<IncomingMessage | undefined> {
    const signed = signedRequest(request);
    if (signed === undefined) return this.#unsigned(request, response);
    const { authority } = this.#options;
    const identified = identify(authority.store, signed);
    if (identified === undefined) return signed.service === 'iam' ? this.#iam(request, response) : request;
    if ('refusal' in identified) return this.#refuse(request, response, signed.service, identified.refusal);
    const { credentials } = identified;

    const query = queryOf(request);
    const mayBeLong = signed.service === 's3' && !(request.method === 'POST' && query.has('delete'));
    const body = mayBeLong ? undefined : await readBody(request, largestCall);
    if (body === undefined && !mayBeLong)
      return this.#refuse(request, response, signed.service, {
        code: 'EntityTooLarge',
        message: `A request may have at most ${largestCall} bytes.`,
      });
    const problem = await signatureProblem(credentials, signed, request, body, this.#options.now());
    if (problem !== undefined) return this.#refuse(request, response, signed.service, problem);

    const call = awsCall(request, signed, query, body);
    if (call.service === 'sts' && call.operation === 'GetCallerIdentity') {
      const role = await authority.roles.find(credentials.session.roleArn);
      answerCallerIdentity(response, credentials.session, role.id);
      return undefined;
    }
    const reason =
      (await this.#reasonAgainst(credentials.session, call)) ?? (await this.#hidden(credentials.session, call));
    if (reason !== undefined)
      return this.#refuse(request, response, call.service, { code: 'AccessDenied', message: reason });
    return body === undefined ? request : replayed(request, body);
  }

  async #reasonAgainst(session: RoleSession, call: AwsCall): Promise<string | undefined> {
    const { authority, demands } = this.#options;
    const wanted = await demands(call);
    if (wanted.kind === 'free') return undefined;
    if (wanted.kind === 'unknown') {
      const asked = call.operation === '' ? `${call.method} ${call.path}` : call.operation;
      authority.denials.note(session, { action: `${call.service}:${asked}`, resource: '*' });
      authority.say(
        `IAM: ${session.sessionName} was refused. ${wanted.sentence} What cannot be judged is not allowed.`,
      );
      return `${wanted.sentence} What cannot be judged is not allowed to ${session.sessionName}.`;
    }
    for (const demand of wanted.demands) {
      const reason = await authority.refusalOf(session, demand, call.region);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  /**
   * Whether an object is there is told only to those who may list the bucket; the others are refused.
   * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
   */
  async #hidden(session: RoleSession, call: AwsCall): Promise<string | undefined> {
    if (call.service !== 's3' || (call.method !== 'GET' && call.method !== 'HEAD')) return undefined;
    const { bucket, key } = s3Location(call.headers.host, call.path);
    if (key === '') return undefined;
    const listing = { action: 's3:ListBucket', resource: bucketArn(bucket) };
    const reason = await this.#options.authority.reasonAgainst(session, listing, call.region);
    if (reason === undefined) return undefined;
    const path = `/${[bucket, ...key.split('/')].map(encodeURIComponent).join('/')}`;
    const found = await this.#options.storage('HEAD', path, {});
    return found.status === 404 ? reason : undefined;
  }

  /** Nobody's requests: a form with a signed policy is somebody's after all; writing to a bucket is refused. */
  async #unsigned(request: IncomingMessage, response: ServerResponse): Promise<IncomingMessage | undefined> {
    const path = pathOf(request);
    if (isPostUpload(request, path)) return this.#upload(request, response, path);
    if (!isNobodysWrite(request, path)) return request;
    return this.#refuse(request, response, 's3', { code: 'AccessDenied', message: 'Access Denied' });
  }

  async #upload(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
  ): Promise<IncomingMessage | undefined> {
    const refused = (refusal: Refusal) => this.#refuse(request, response, 's3', refusal);
    const body = await readBody(request, largestUpload);
    if (body === undefined) {
      const message = `Local AWS takes forms of ${largestUpload} bytes at most.`;
      return refused({ code: 'EntityTooLarge', message });
    }
    const upload = await readPostUpload(request.headers, path, body);
    if (upload === undefined)
      return refused({
        code: 'MalformedForm',
        message: 'The body of your POST request is not well-formed multipart/form-data.',
      });
    const { authority, now } = this.#options;
    const { signed, form } = upload;
    if (!form.fields.has('policy')) return refused({ code: 'AccessDenied', message: 'Access Denied' });
    const identified = identify(authority.store, signed);
    if (identified === undefined) return replayed(request, body);
    if ('refusal' in identified) return refused(identified.refusal);
    const { credentials } = identified;
    if (!(await isTextSignedBy(credentials, signed, form.fields.get('policy') ?? '')))
      return refused(signatureMismatch);
    const problem = policyProblem(form, now());
    if (problem !== undefined) return refused(problem);
    const actions = ['s3:PutObject', ...(form.fields.has('tagging') ? ['s3:PutObjectTagging'] : [])];
    for (const action of actions) {
      const demand = { action, resource: uploadTarget(upload) };
      const reason = await authority.refusalOf(credentials.session, demand, signed.region);
      if (reason !== undefined) return refused({ code: 'AccessDenied', message: reason });
    }
    await storeUpload(upload, response, (target, headers, file) => this.#options.storage('PUT', target, headers, file));
    return undefined;
  }

  /** Whoever asks IAM may change a role: what is known of it is read anew until and after it is over. */
  async #iam(request: IncomingMessage, response: ServerResponse): Promise<IncomingMessage | undefined> {
    const body = await readBody(request, largestCall);
    if (body === undefined) {
      const message = `A request may have at most ${largestCall} bytes.`;
      return this.#refuse(request, response, 'iam', { code: 'EntityTooLarge', message });
    }
    const form = new URLSearchParams(body.toString('utf8'));
    if (!/^(?:Get|List|Simulate)/.test(form.get('Action') ?? ''))
      response.once('close', this.#options.authority.roles.changing(form.get('RoleName') ?? undefined));
    return replayed(request, body);
  }

  #refuse(request: IncomingMessage, response: ServerResponse, service: string, refusal: Refusal): undefined {
    const form = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
    refuse(request, response, service, refusal, form);
    // The rest of an upload is read away, so that its sender comes to the answer.
    request.resume();
    return undefined;
  }
}

function awsCall(
  request: IncomingMessage,
  signed: SignedRequest,
  query: URLSearchParams,
  body: Buffer | undefined,
): AwsCall {
  const { headers } = request;
  const text = body?.toString('utf8') ?? '';
  const isForm = (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  const form = isForm ? new URLSearchParams(text) : query;
  const target = headers['x-amz-target'];
  return {
    service: signed.service === 'email' ? 'ses' : signed.service,
    region: signed.region,
    operation: typeof target === 'string' ? (target.split('.').at(-1) ?? '') : (form.get('Action') ?? ''),
    method: request.method ?? 'GET',
    path: pathOf(request),
    query,
    headers,
    input: isForm ? undefined : json(text),
    form,
    body,
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What needs an input finds none, and is refused with a sentence.
    return undefined;
  }
}

/** Something put or deleted at what may be a bucket's path. Other services are asked in other ways, or signed. */
function isNobodysWrite(request: IncomingMessage, path: string): boolean {
  if (request.method !== 'PUT' && request.method !== 'DELETE') return false;
  if (request.headers.authorization !== undefined || queryOf(request).has('Signature')) return false;
  return !/^\/(?:moto-api|restapis|\d{4}-\d\d-\d\d)(?:\/|$)/.test(path);
}
