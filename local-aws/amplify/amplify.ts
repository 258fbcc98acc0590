import type { IncomingMessage, ServerResponse } from 'node:http';
import { credentialScope } from '../aws-request.ts';
import { requestBody } from '../data-plane/request-body.ts';
import { connect } from '../providers/aws.ts';
import { answerCall } from './amplify-api.ts';
import { AmplifyRefusal, Hosting } from './hosting.ts';
import { ownAddress } from './own-address.ts';
import { answerFor } from './site.ts';

export interface AmplifyOptions {
  /** Where the local AWS answers, for upload addresses. Asked at each use: the port may be known only once it listens. */
  selfUrl: () => string;
  /** moto's endpoint, for deployments from a bucket; without it there are none. */
  moto?: string;
}

/** An Amplify Hosting for the local AWS: its API, its uploads, and the sites themselves. */
export interface Amplify {
  readonly hosting: Hosting;
  /** False: the request is not for Amplify, and nothing was answered. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

const uploadLimit = 256 * 1024 * 1024;
const callLimit = 1024 * 1024;

export function createAmplify(options: AmplifyOptions): Amplify {
  const hosting = new Hosting();
  const aws = options.moto === undefined ? undefined : connect(options.moto);
  const selfUrl = () => options.selfUrl().replace(/\/+$/, '');

  async function load(sourceUrl: string, type: 'ZIP' | 'BUCKET_PREFIX', region: string) {
    const bucket = /^s3:\/\/([^/]+)\/?(.*)$/.exec(sourceUrl);
    if (bucket?.[1]) {
      if (aws === undefined) throw new Error('Without moto, the local AWS deploys uploaded zips only.');
      const s3 = await aws.s3(region);
      const [, Bucket, path = ''] = bucket;
      if (type === 'ZIP') {
        const { Body } = await s3.getObject({ Bucket, Key: path });
        return hosting.unzip((await Body?.transformToByteArray()) ?? new Uint8Array());
      }
      return bucketFiles(s3, bucket[1], path);
    }
    const url = ownAddress(sourceUrl, selfUrl());
    if (!url)
      throw new Error(
        `The local AWS deploys from s3:// and from its own addresses only, not from ${sourceUrl.slice(0, 200)}.`,
      );
    const answer = await fetch(url, { redirect: 'error' });
    if (!answer.ok) throw new Error(`${url.origin}${url.pathname} answered ${answer.status}.`);
    return hosting.unzip(new Uint8Array(await answer.arrayBuffer()));
  }

  async function bucketFiles(
    s3: Awaited<ReturnType<ReturnType<typeof connect>['s3']>>,
    Bucket: string,
    Prefix: string,
  ) {
    const files = new Map<string, Uint8Array>();
    let token: string | undefined;
    do {
      const page = await s3.listObjectsV2({ Bucket, Prefix, ContinuationToken: token });
      for (const { Key } of page.Contents ?? []) {
        if (!Key || Key.endsWith('/')) continue;
        const { Body } = await s3.getObject({ Bucket, Key });
        files.set(
          Key.slice(Prefix.length).replace(/^\/+/, ''),
          (await Body?.transformToByteArray()) ?? new Uint8Array(),
        );
      }
      token = page.NextContinuationToken;
    } while (token);
    return files;
  }

  async function upload(token: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'PUT') return plain(response, 405, 'Uploads are made with PUT.');
    const body = await requestBody(request, uploadLimit);
    if (!body) return plain(response, 413, `An upload holds at most ${uploadLimit} bytes.`);
    if (!hosting.upload(token, body)) return plain(response, 403, 'This upload address is not valid any more.');
    response.writeHead(200).end();
  }

  async function call(url: URL, region: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await requestBody(request, callLimit);
    if (!body) return json(response, 413, { message: 'The request is too long.' }, 'BadRequestException');
    try {
      const segments = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
      const given: unknown = body.length > 0 ? JSON.parse(body.toString('utf8')) : {};
      const answer = answerCall(
        hosting,
        { method: request.method ?? 'GET', segments, region, body: given },
        { selfUrl: selfUrl(), load },
      );
      if (answer === undefined)
        return json(
          response,
          501,
          { message: `The local Amplify does not know ${request.method} ${url.pathname}.` },
          'InternalFailureException',
        );
      json(response, 200, answer);
    } catch (error) {
      if (error instanceof AmplifyRefusal) return json(response, error.status, { message: error.message }, error.name);
      if (error instanceof SyntaxError || error instanceof URIError)
        return json(response, 400, { message: error.message }, 'BadRequestException');
      throw error;
    }
  }

  function site(appId: string, branchName: string, path: string, request: IncomingMessage, response: ServerResponse) {
    if (request.method !== 'GET' && request.method !== 'HEAD') return plain(response, 405, 'A site is read with GET.');
    let served: ReturnType<typeof answerFor>;
    try {
      const app = hosting.app(appId);
      served = answerFor(hosting.branch(app, branchName).site ?? new Map(), app.customRules, decodeURIComponent(path));
    } catch (error) {
      if (!(error instanceof AmplifyRefusal || error instanceof URIError)) throw error;
      return plain(response, 404, error.message);
    }
    if (served.kind === 'nothing') return plain(response, 404, 'Not found.');
    if (served.kind === 'redirect') {
      response.writeHead(served.status, { location: served.location }).end();
      return;
    }
    const { file, status } = served;
    const headers = {
      'content-type': file.type,
      'cache-control': 'public, max-age=0, must-revalidate',
      etag: file.etag,
      'x-content-type-options': 'nosniff',
    };
    if (status === 200 && request.headers['if-none-match']?.split(/\s*,\s*/).includes(file.etag)) {
      response.writeHead(304, headers).end();
      return;
    }
    response.writeHead(status, { ...headers, 'content-length': file.content.length });
    response.end(request.method === 'HEAD' ? undefined : file.content);
  }

  return {
    hosting,
    handle: async (request, response) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const own = siteOfHost(request.headers.host);
      if (own) {
        site(own.appId, own.branch, url.pathname, request, response);
        return true;
      }
      const uploaded = /^\/_amplify\/_uploads\/([A-Za-z0-9_-]+)$/.exec(url.pathname);
      if (uploaded?.[1]) {
        await upload(uploaded[1], request, response);
        return true;
      }
      const served = /^\/_amplify\/([a-z0-9]+)\/([^/]+)(\/.*)?$/.exec(url.pathname);
      if (served?.[1] && served[2]) {
        // Without the slash at its end a page's relative addresses would lead one level up.
        if (served[3] === undefined) response.writeHead(301, { location: `${url.pathname}/${url.search}` }).end();
        else site(served[1], safeDecode(served[2]), served[3], request, response);
        return true;
      }
      const scope = credentialScope(request);
      if (scope?.service !== 'amplify') return false;
      await call(url, scope.region, request, response);
      return true;
    },
  };
}

/**
 * The site that a host name stands for: `http://<branch>.<app id>.localhost:<port>/` gives a site an origin of its own, so
 * that `/assets/…` in its pages is its own too. Browsers take every name under `localhost` for this machine.
 */
export function siteOfHost(host: string | undefined): { appId: string; branch: string } | undefined {
  const [, branch, appId] = /^([a-z0-9-]+)\.(d[0-9a-f]{13})\.localhost(?::\d+)?$/i.exec(host ?? '') ?? [];
  return branch && appId ? { appId, branch } : undefined;
}

function safeDecode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function plain(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${message}\n`);
}

function json(response: ServerResponse, status: number, body: unknown, errorType?: string): void {
  response
    .writeHead(status, { 'content-type': 'application/json', ...(errorType && { 'x-amzn-errortype': errorType }) })
    .end(JSON.stringify(body));
}
