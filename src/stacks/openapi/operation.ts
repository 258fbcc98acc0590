import type { Access } from '../../blueprint/blueprint.ts';
import type { JsonSchema } from '../request-schema.ts';
import type { HttpMethod } from '../routes.ts';

/** An operation of the API as callers see it, before it is written as OpenAPI. */
export interface ApiOperation {
  method: HttpMethod;
  /** `/v1/tasks/{id}` */
  path: string;
  /** Unique in the document: what generated clients call the method. */
  id: string;
  summary: string;
  description?: string;
  /** What the operation is grouped under. */
  tag: string;
  access: Access;
  /** Besides those in the path. */
  parameters?: readonly ApiParameter[];
  /** JSON Schema of the body. */
  request?: JsonSchema;
  /** What it answers when all is well. */
  success: ApiAnswer;
  /** The problems that it may answer with, besides those that every operation has. */
  problems: readonly ProblemStatus[];
  deprecated?: boolean;
  /** The day after which it may disappear (YYYY-MM-DD). */
  sunset?: string;
}

export interface ApiParameter {
  name: string;
  in: 'query' | 'header';
  description: string;
  schema: JsonSchema;
}

export interface ApiAnswer {
  status: 200 | 201 | 204;
  description: string;
  schema?: JsonSchema;
  headers?: readonly string[];
}

export type ProblemStatus = 304 | 400 | 404 | 409 | 412 | 413 | 415;

/** A reference to a schema of the document. */
export function schemaRef(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}
