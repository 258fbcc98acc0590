import * as z from 'zod';
import { blueprintSchema } from './schema.ts';

/** Where the JSON Schema is known from; not fetched by anything. */
export const jsonSchemaId = 'https://backdrift.dev/schemas/backdrift.schema.json';

/**
 * The Blueprint language as a JSON Schema (draft 2020-12), for editors and other tools. The build writes it to a file
 * and contributes it for `backdrift.yaml`, `.yml` and `.json`. It says what one value may be; what needs two values at
 * once (a function that exists, a name used twice) is checked by `parseBlueprint` only.
 */
export function blueprintJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(blueprintSchema, { io: 'input', target: 'draft-2020-12' });
  return { $schema, $id: jsonSchemaId, title: 'Backdrift Blueprint', ...rest };
}
