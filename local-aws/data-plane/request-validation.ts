import { type Schema, Validator } from '@cfworker/json-schema';
import * as z from 'zod';
import type { ApiSnapshot } from './api-snapshots.ts';
import { mediaKindOf } from './media-type.ts';
import type { ApiRequest } from './proxy-event.ts';
import type { Route } from './route.ts';

export type RequestVerdict =
  | { kind: 'sound' }
  /** Required parameters that are not there, or blank. */
  | { kind: 'parameters'; missing: string[] }
  | { kind: 'body'; problems: string[] }
  /** The model cannot be applied here; the message goes to the log, and the request passes. */
  | { kind: 'unchecked'; message: string };

/** Validators of an API that is deployed, by the name of their model. */
type Compiled = Map<string, Validator | undefined>;
const compiled = new WeakMap<ApiSnapshot, Compiled>();

/**
 * Checks a request as the method's request validator says: required parameters, then the body against the model of its
 * content type. A body of a type that has no model passes, unless there is a `$default`.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
export function validateRequest(route: Route, snapshot: ApiSnapshot, request: ApiRequest): RequestVerdict {
  const validator = snapshot.validators.get(route.method.requestValidatorId ?? '');
  if (validator?.validateRequestParameters) {
    const missing = missingParameters(route, request);
    if (missing.length > 0) return { kind: 'parameters', missing };
  }
  return validator?.validateRequestBody ? checkBody(route, snapshot, request) : { kind: 'sound' };
}

function missingParameters(route: Route, request: ApiRequest): string[] {
  const query = new URLSearchParams(request.query);
  return Object.entries(route.method.requestParameters ?? {}).flatMap(([name, required]) => {
    const [, place, parameter] = /^method\.request\.(path|querystring|header)\.(.+)$/s.exec(name) ?? [];
    if (!required || place === undefined || parameter === undefined) return [];
    const value =
      place === 'path'
        ? route.pathParameters[parameter]
        : place === 'header'
          ? headerOf(request, parameter)
          : query.get(parameter);
    return value?.trim() ? [] : [parameter];
  });
}

function checkBody(route: Route, snapshot: ApiSnapshot, request: ApiRequest): RequestVerdict {
  const models = Object.entries(route.method.requestModels ?? {});
  const type = mediaKindOf(headerOf(request, 'content-type') ?? 'application/json');
  const name =
    models.find(([contentType]) => mediaKindOf(contentType) === type)?.[1] ??
    models.find(([contentType]) => contentType === '$default')?.[1];
  const model = name === undefined ? undefined : snapshot.models.get(name);
  if (name === undefined || model?.schema === undefined) return { kind: 'sound' };
  const validator = validatorOf(snapshot, name);
  if (!validator) return { kind: 'unchecked', message: `The model ${name} is no JSON Schema that can be applied.` };
  let body: unknown;
  try {
    body = JSON.parse(request.body.toString('utf8'));
  } catch {
    // Nothing at all is no JSON either.
    return { kind: 'body', problems: ['the body is not JSON'] };
  }
  try {
    const { valid, errors } = validator.validate(body);
    return valid ? { kind: 'sound' } : { kind: 'body', problems: errors.map(({ error }) => error) };
  } catch (error) {
    // A regular expression, for one, may be none in JavaScript.
    return { kind: 'unchecked', message: `The model ${name} cannot be applied: ${String(error)}` };
  }
}

const SchemaDocument = z.record(z.string(), z.unknown());

function validatorOf(snapshot: ApiSnapshot, name: string): Validator | undefined {
  const known = compiled.get(snapshot) ?? new Map();
  compiled.set(snapshot, known);
  if (!known.has(name)) known.set(name, compile(snapshot, name));
  return known.get(name);
}

/** A model of JSON Schema draft 4, with the API's other models in it: they refer to each other by name. */
function compile(snapshot: ApiSnapshot, name: string): Validator | undefined {
  const schema = documentOf(snapshot.models.get(name)?.schema);
  if (!schema) return undefined;
  const definitions: Record<string, unknown> = {};
  for (const [other, model] of snapshot.models) {
    const document = documentOf(model.schema);
    if (document) definitions[other] = named(document, snapshot);
  }
  const whole: Schema = { allOf: [named(schema, snapshot)], definitions };
  return new Validator(whole, '4', false);
}

function documentOf(text: string | undefined): Record<string, unknown> | undefined {
  try {
    return SchemaDocument.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
}

/** References to models, whatever they begin with (`#/components/schemas/`, the address of the API), lead to the definitions. */
function named(schema: Record<string, unknown>, snapshot: ApiSnapshot): Schema {
  const text = JSON.stringify(schema, (key, value: unknown) => {
    if (key !== '$ref' || typeof value !== 'string') return value;
    const name = value.slice(value.lastIndexOf('/') + 1);
    return snapshot.models.has(name) ? `#/definitions/${name}` : value;
  });
  return SchemaDocument.parse(JSON.parse(text));
}

function headerOf(request: ApiRequest, name: string): string | undefined {
  let value: string | undefined;
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2)
    if (request.rawHeaders[at]?.toLowerCase() === name.toLowerCase()) value = request.rawHeaders[at + 1];
  return value;
}
