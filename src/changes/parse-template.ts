import * as z from 'zod';
import type { Template, TemplateValue } from '../stacks/template.ts';

/** What comes out of JSON.parse is JSON all the way down; only what is read by name is looked at. */
const values = z.custom<Record<string, TemplateValue>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
const policy = z.enum(['Retain', 'Delete', 'RetainExceptOnCreate']).exactOptional();

const resource = z.looseObject({
  Type: z.string(),
  Condition: z.string().exactOptional(),
  DeletionPolicy: policy,
  UpdateReplacePolicy: z.enum(['Retain', 'Delete']).exactOptional(),
  Metadata: z.looseObject({ Backdrift: z.looseObject({ label: z.string(), source: z.string() }) }).exactOptional(),
  Properties: values.default({}),
});

const template = z.looseObject({
  AWSTemplateFormatVersion: z.literal('2010-09-09'),
  Description: z.string().default(''),
  Parameters: z
    .record(z.string(), z.looseObject({ Type: z.literal('String'), Default: z.string().exactOptional() }))
    .exactOptional(),
  Conditions: z.record(z.string(), z.custom<TemplateValue>()).exactOptional(),
  Resources: z.record(z.string(), resource),
  Outputs: z.record(z.string(), z.looseObject({ Value: z.custom<TemplateValue>() })).exactOptional(),
});

/** A template that Backdrift made, from its text; undefined when it is none. */
export function parseTemplate(body: string): Template | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  const parsed = template.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
