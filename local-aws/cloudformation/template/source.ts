import { validationError } from '../service-error.ts';
import { parseS3Url, type S3Location } from './s3-url.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html, in bytes. */
export const maximumInlineTemplate = 51_200;
export const maximumTemplate = 1_000_000;

/** What a template can come from in a request. */
export interface TemplateSource {
  readonly TemplateBody?: string | undefined;
  readonly TemplateURL?: string | undefined;
  readonly UsePreviousTemplate?: boolean | undefined;
}

export type ObjectRead =
  | { readonly found: true; readonly text: string }
  | { readonly found: false; readonly reason: string };

/** Reads an object of the emulated S3 as text. */
export type ReadObject = (location: S3Location, maximumBytes: number) => Promise<ObjectRead>;

/**
 * The template's text: inline, from S3, or the stack's own.
 * @throws ServiceError ValidationError when there is none, it is too large, or S3 does not give it.
 */
export async function templateText(
  source: TemplateSource,
  previous: string | undefined,
  readObject: ReadObject,
): Promise<string> {
  const { TemplateBody: body, TemplateURL: address } = source;
  if ([body !== undefined, address !== undefined, source.UsePreviousTemplate === true].filter(Boolean).length > 1) {
    throw validationError('You cannot specify more than one of TemplateBody, TemplateURL and UsePreviousTemplate.');
  }
  if (source.UsePreviousTemplate && previous !== undefined) return previous;
  if (body !== undefined) {
    if (body === '') {
      throw validationError(
        `1 validation error detected: Value '' at 'templateBody' failed to satisfy constraint: Member must have length greater than or equal to 1`,
      );
    }
    if (Buffer.byteLength(body) > maximumInlineTemplate) {
      throw validationError(
        `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${maximumInlineTemplate}`,
      );
    }
    return body;
  }
  if (address === undefined) throw validationError('Either Template URL or Template Body must be specified.');
  const location = parseS3Url(address);
  if (!location) throw validationError('TemplateURL must be a supported URL.');
  const read = await readObject(location, maximumTemplate);
  if (!read.found) throw validationError(`S3 error: ${read.reason}`);
  if (Buffer.byteLength(read.text) > maximumTemplate) {
    throw validationError(`Template may not exceed ${maximumTemplate} bytes in size.`);
  }
  return read.text;
}
