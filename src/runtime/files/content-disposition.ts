/**
 * The header that makes a browser save a file under its name instead of showing it, so that an uploaded page never
 * runs. The name twice: in ASCII, and encoded for everything that reads RFC 6266.
 * https://www.rfc-editor.org/rfc/rfc6266#section-4.3
 */
export function attachment(filename: string): string {
  const ascii = filename.replace(/[^ -~]/gu, '_').replace(/["\\%]/g, '_');
  // encodeURIComponent leaves ' ( ) * and ! as they are, which RFC 8187 does not.
  const encoded = encodeURIComponent(filename.replace(/\p{Surrogate}/gu, '_')).replace(
    /['()*!]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
