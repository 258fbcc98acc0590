import type { IncomingHttpHeaders } from 'node:http';

/** A request to a service, read as far as its authorisation needs. */
export interface AwsCall {
  /** The service that the signature names: `dynamodb`, `s3`, `cognito-idp`. */
  readonly service: string;
  readonly region: string;
  /** From the header or the form where the protocol names it; '' in REST protocols. */
  readonly operation: string;
  readonly method: string;
  /** As it was sent, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** JSON that was parsed, of JSON protocols; otherwise undefined. */
  readonly input: unknown;
  /** Of query protocols; otherwise empty. */
  readonly form: URLSearchParams;
  /** Undefined where the body was not read, because it may be an object of any size. */
  readonly body: Buffer | undefined;
}
