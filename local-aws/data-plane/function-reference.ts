export interface FunctionReference {
  name: string;
  /** A version, an alias or `$LATEST`. */
  qualifier?: string;
  /** Only when the reference is a whole ARN. */
  region?: string;
}

/**
 * What a function may be called by, taken apart: `name`, `name:qualifier`, `account:function:name[:qualifier]` or a whole
 * ARN. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html (FunctionName)
 */
export function functionReference(reference: string): FunctionReference {
  const arn = /^arn:[^:]+:lambda:([^:]*):[^:]*:function:([^:]+)(?::(.+))?$/.exec(reference);
  const partial = /^\d{12}:function:([^:]+)(?::(.+))?$/.exec(reference);
  const short = /^([^:]+)(?::(.+))?$/.exec(reference);
  const [region, name, qualifier] = arn
    ? [arn[1], arn[2], arn[3]]
    : partial
      ? [undefined, partial[1], partial[2]]
      : [undefined, short?.[1], short?.[2]];
  return { name: name ?? reference, ...(qualifier && { qualifier }), ...(region && { region }) };
}
