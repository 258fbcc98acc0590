/** Bytes of UTF-8 that are kept of a name: most file systems take 255, and a key of S3 has 1,024 in all. */
const mostBytes = 200;
const longestExtension = 20;

/**
 * A name under which a file can be kept and saved anywhere: without folders, control and invisible characters, and what
 * file systems, shells and upload forms give a meaning (S3 fills in `${filename}`). Never empty, never `.` or `..`; a
 * name that is safe already stays as it is.
 */
export function safeFilename(text: string): string {
  const last = text.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  // Joiners hold emoji and words of some scripts together; other format characters can turn a name around.
  const plain = last.replace(/[\p{C}\p{Zl}\p{Zp}\uFFFD]/gu, (sign) => (/[\u200C\u200D]/.test(sign) ? sign : '_'));
  const calm = trimmed(plain.replace(/["<>:|?*$%`]/g, '_'));
  const cut = trimmed(shortened(calm));
  return cut === '' ? 'file' : cut;
}

/** Dots at the front hide a file, spaces and dots at the end are lost on Windows. */
function trimmed(name: string): string {
  return name.replace(/^[\s.]+/u, '').replace(/[\s.]+$/u, '');
}

/** Cuts what is too long in front of the extension. */
function shortened(name: string): string {
  if (Buffer.byteLength(name) <= mostBytes) return name;
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 && name.length - dot <= longestExtension ? name.slice(dot) : '';
  let room = mostBytes - Buffer.byteLength(extension);
  let stem = '';
  for (const sign of name.slice(0, name.length - extension.length)) {
    room -= Buffer.byteLength(sign);
    if (room < 0) break;
    stem += sign;
  }
  return stem + extension;
}
