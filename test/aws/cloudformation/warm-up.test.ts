import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { credentialScope } from '../../../local-aws/aws-request.ts';
import { readBody } from '../../../local-aws/http-body.ts';
import { connect } from '../../../local-aws/providers/aws.ts';
import { warmUp } from '../../../local-aws/warm-up.ts';
import { type Moto, motoFor } from '../support/moto.ts';

/** Answers as moto does, and keeps which service was asked and with what outcome. */
function listenedTo(moto: string, heard: [string, number][]): Server {
  return createServer(async (request, response) => {
    const body = await readBody(request, 100_000);
    const { connection, host, 'content-length': _, 'transfer-encoding': __, expect, ...headers } = request.headers;
    const answer = await fetch(`${moto}${request.url}`, {
      method: request.method ?? 'GET',
      headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
      ...(body !== undefined && body.length > 0 && { body: new Uint8Array(body) }),
    });
    heard.push([credentialScope(request)?.service ?? 'unknown', answer.status]);
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    response.end(await answer.text());
  });
}

async function through(server: Server, work: (endpoint: string) => Promise<void>): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  try {
    await work(`http://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('Warming up', () => {
  let moto: Moto;
  before(async function () {
    moto = await motoFor(this);
  });
  after(() => moto?.stop());

  it('asks every service once for something that it can answer', async () => {
    const heard: [string, number][] = [];
    await through(listenedTo(moto.endpoint, heard), (endpoint) => warmUp(connect(endpoint), 'us-east-2'));
    const services = 'apigateway cognito-idp dynamodb events iam lambda logs monitoring s3 scheduler sqs sts';
    assert.deepEqual(
      heard.toSorted(([one], [other]) => (one < other ? -1 : 1)),
      services.split(' ').map((service) => [service, 200]),
    );
  });

  it('asks the others when one does not answer, and does not fail', async () => {
    let asked = 0;
    const server = createServer((request, response) => {
      asked += 1;
      if (asked % 2 === 0) response.writeHead(500).end();
      else request.socket.destroy();
    });
    await through(server, (endpoint) => warmUp(connect(endpoint), 'us-east-2'));
    assert.ok(asked >= 12, `${asked} requests`);
  });
});
