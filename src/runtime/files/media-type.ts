/** A media type in one spelling: type and subtype in lower case, parameters as `; name=value`. */
export interface MediaType {
  /** `image/png` */
  essence: string;
  /** With its parameters: what S3 keeps and sends back. */
  text: string;
}

const longest = 255;
// RFC 6838, section 4.2, without $, which has a meaning in an upload policy.
const word = '[A-Za-z0-9][A-Za-z0-9!#&^_.+-]{0,126}';
const parameter = new RegExp(`^\\s*(${word})=(?:(${word})|"([A-Za-z0-9 !#&'()*+,./:<=>?@^_{|}~-]*)")\\s*$`);

/** Undefined where a text is no media type: `png`, `image/`, `text/html\r\nx: y`. */
export function readMediaType(text: string): MediaType | undefined {
  if (text.length > longest) return undefined;
  const [essence = '', ...parameters] = text.split(';');
  if (!new RegExp(`^\\s*${word}/${word}\\s*$`).test(essence) || /[^ -~]/.test(text)) return undefined;
  const parts = [essence.trim().toLowerCase()];
  for (const part of parameters) {
    const [, name, plain, quoted] = parameter.exec(part) ?? [];
    if (name === undefined) return undefined;
    parts.push(`${name.toLowerCase()}=${plain ?? `"${quoted ?? ''}"`}`);
  }
  return { essence: parts[0] ?? '', text: parts.join('; ') };
}

/** Whether `image/png` is among `[application/pdf, image/*]`. */
export function isAllowed({ essence }: MediaType, types: readonly string[]): boolean {
  return types.some((type) => (type.endsWith('/*') ? essence.startsWith(type.slice(0, -1)) : essence === type));
}
