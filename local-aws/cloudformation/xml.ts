/** What an answer is made of. Undefined members are left out; an empty list is an empty element. */
export type XmlValue = string | number | boolean | Date | undefined | readonly XmlValue[] | XmlMap;
export interface XmlMap {
  readonly [name: string]: XmlValue;
}

const namespace = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';

/** The answer to an action, in the element names that the SDKs look for. */
export function answerXml(action: string, result: XmlMap | undefined, requestId: string): string {
  const body = result === undefined ? '' : element(`${action}Result`, result);
  return document(`${action}Response`, `${body}${element('ResponseMetadata', { RequestId: requestId })}`);
}

/** A refusal. */
export function errorXml(code: string, message: string, status: number, requestId: string): string {
  const error = element('Error', { Type: status >= 500 ? 'Receiver' : 'Sender', Code: code, Message: message });
  return document('ErrorResponse', `${error}${element('RequestId', requestId)}`);
}

function document(name: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="${namespace}">${content}</${name}>\n`;
}

function element(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  return `<${name}>${content(value)}</${name}>`;
}

function content(value: Exclude<XmlValue, undefined>): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => element('member', item)).join('');
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([name, inner]) => element(name, inner))
      .join('');
  }
  return escapeText(String(value));
}

/** Characters that XML 1.0 cannot hold at all become U+FFFD; a carriage return is kept from being read as a line feed. */
function escapeText(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be found.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('\r', '&#xD;')
  );
}
