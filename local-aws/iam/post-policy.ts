import * as z from 'zod';
import type { Refusal } from './refusal.ts';

/** A form with which a browser sends a file to S3: its fields before the file, by name in lower case. */
export interface PostForm {
  readonly bucket: string;
  readonly fields: ReadonlyMap<string, string>;
  readonly fileName: string;
  readonly fileSize: number;
}

type Condition = readonly [operator: 'eq' | 'starts-with', field: string, value: string];
interface Policy {
  expiration: number;
  conditions: readonly { condition: Condition; written: string }[];
  range: readonly [number, number] | undefined;
}

const integer = z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]);
const match = z.tuple([z.string(), z.string().startsWith('$'), z.string()]);
const range = z.tuple([z.literal('content-length-range'), integer, integer]);
const document = z.looseObject({
  expiration: z.iso.datetime({ offset: true }),
  conditions: z.array(z.union([range, match, z.record(z.string(), z.string())])),
});

/** Fields that no condition has to name. */
const exempt = new Set(['awsaccesskeyid', 'file', 'policy', 'signature', 'x-amz-signature']);

/**
 * What a form does against its policy; undefined when it may be taken.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 * @param now Milliseconds since 1970.
 */
export function policyProblem(form: PostForm, now: number): Refusal | undefined {
  const policy = readPolicy(form.fields.get('policy') ?? '');
  if (typeof policy === 'string') return denied(policy);
  if (now > policy.expiration) return denied('Policy expired.');
  const named = new Set<string>();
  for (const { condition, written } of policy.conditions) {
    const [, field] = condition;
    named.add(field);
    if (!holds(condition, fieldValue(form, field))) return denied(`Policy Condition failed: ${written}`);
  }
  const extra = [...form.fields.keys()].filter(
    (name) => !named.has(name) && !exempt.has(name) && !name.startsWith('x-ignore-'),
  );
  if (extra.length > 0) return denied(`Extra input fields: ${extra.join(', ')}`);
  return sizeProblem(form.fileSize, policy.range);
}

function sizeProblem(size: number, limits: Policy['range']): Refusal | undefined {
  if (limits === undefined) return undefined;
  const [least, most] = limits;
  if (size > most)
    return {
      code: 'EntityTooLarge',
      message: 'Your proposed upload exceeds the maximum allowed size',
      details: { ProposedSize: String(size), MaxSizeAllowed: String(most) },
    };
  if (size < least)
    return {
      code: 'EntityTooSmall',
      message: 'Your proposed upload is smaller than the minimum allowed size',
      details: { ProposedSize: String(size), MinSizeAllowed: String(least) },
    };
  return undefined;
}

function denied(reason: string): Refusal {
  return { code: 'AccessDenied', message: `Invalid according to Policy: ${reason}` };
}

/** The policy, or what is wrong with it. */
function readPolicy(base64: string): Policy | string {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
  } catch {
    // Neither is there a policy in what is not base64.
    return 'Invalid Policy: Invalid JSON.';
  }
  const parsed = document.safeParse(value);
  if (!parsed.success) return `Invalid Policy: ${z.prettifyError(parsed.error).split('\n')[0]}`;
  const conditions: Policy['conditions'][number][] = [];
  let limits: Policy['range'];
  for (const written of parsed.data.conditions) {
    if (!Array.isArray(written)) {
      for (const [name, wanted] of Object.entries(written)) add(['eq', `$${name}`, wanted]);
    } else if (typeof written[1] === 'number') limits = [written[1], Number(written[2])];
    else if (!add([written[0], written[1], String(written[2])]))
      return `Invalid Policy: Invalid condition ${JSON.stringify(written)}.`;
  }
  return { expiration: Date.parse(parsed.data.expiration), conditions, range: limits };

  function add([operator, field, wanted]: readonly [string, string, string]): boolean {
    const name = operator.toLowerCase();
    if (name !== 'eq' && name !== 'starts-with') return false;
    conditions.push({
      condition: [name, field.slice(1).toLowerCase(), wanted],
      written: `["${name}", "${field}", "${wanted}"]`,
    });
    return true;
  }
}

function fieldValue(form: PostForm, field: string): string {
  if (field === 'bucket') return form.bucket;
  if (field === 'key') return postedKey(form);
  return form.fields.get(field) ?? '';
}

function holds([operator, field, wanted]: Condition, value: string): boolean {
  if (operator === 'eq') return value === wanted;
  // A list of content types must begin so one by one.
  const values = field === 'content-type' ? value.split(',').map((item) => item.trim()) : [value];
  return values.every((item) => item.startsWith(wanted));
}

/** Where the file goes: `${filename}` in the field stands for the name that the file had. */
export function postedKey({ fields, fileName }: PostForm): string {
  return (fields.get('key') ?? '').replaceAll(/\$\{filename\}/g, () => fileName);
}
