/**
 * What runs in the Lambda functions behind the routes of files: one bundle for every storage, told apart by the
 * `model.json` beside it. Handlers: `index.upload`, `index.list`, `index.get`, `index.remove`.
 *
 * Environment: `FILES_BUCKET`, the bucket of the storage, and that of `inLambda`. Addresses are made for AWS, or for what
 * `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL` names.
 */
import { readFileSync } from 'node:fs';
import { inLambda } from '../in-lambda.ts';
import { Misconfigured } from '../misconfigured.ts';
import { newId } from '../new-id.ts';
import { prepareFileModel } from './model.ts';
import { bucketObjects } from './s3-objects.ts';
import { type FileBackend, serveFiles } from './serve.ts';
import { createSigner } from './signer.ts';

const surroundings = inLambda();

/** Started while Lambda initialises the function, when it has the whole CPU; a failure is answered call by call. */
const connection = connect();
connection.catch(() => undefined);
const backend: FileBackend = () => connection;

async function connect(): ReturnType<FileBackend> {
  const model = prepareFileModel(JSON.parse(readFileSync(new URL('./model.json', import.meta.url), 'utf8')));
  const bucket = variable('FILES_BUCKET');
  const endpoint = process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL;
  const objects = bucketObjects(bucket, endpoint);
  // An upload is only signed: its function does not wait for the SDK.
  if (process.env._HANDLER !== 'index.upload') await objects.ready();
  const signer = createSigner({
    bucket,
    region: variable('AWS_REGION'),
    ...(endpoint === undefined || endpoint === '' ? {} : { endpoint }),
    credentials: () => ({
      accessKeyId: variable('AWS_ACCESS_KEY_ID'),
      secretAccessKey: variable('AWS_SECRET_ACCESS_KEY'),
      ...(process.env.AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: process.env.AWS_SESSION_TOKEN }),
    }),
  });
  return { model, world: { objects, signer, now: () => new Date(), newId: () => newId(Date.now()) } };
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Misconfigured(`the environment variable ${name} is not set`);
  return value;
}

export const upload = serveFiles('upload', backend, surroundings);
export const list = serveFiles('list', backend, surroundings);
export const get = serveFiles('get', backend, surroundings);
export const remove = serveFiles('delete', backend, surroundings);
