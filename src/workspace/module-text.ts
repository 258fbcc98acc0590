import path from 'node:path';

/**
 * Why a handler cannot be deployed as the file that it is, as words that follow its name; undefined when it can: an ES
 * module that imports nothing but what Lambda brings (Node itself and the AWS SDK).
 */
export function needsBundling(file: string, text: string): string | undefined {
  const extension = path.extname(file);
  if (/^\.[cm]?tsx?$/.test(extension)) return 'is TypeScript';
  if (extension === '.jsx') return 'is JSX';
  const foreign = importsOf(text).find((name) => !/^(node:|@aws-sdk\/)/.test(name));
  if (foreign !== undefined) return `imports ${foreign}`;
  const isModule = /^\s*export\b/m.test(text);
  if (extension === '.cjs' || !isModule) return 'is not an ES module';
  return undefined;
}

/** The modules that a text imports or requires, also where that only looks so (in a comment): too many is safe here. */
export function importsOf(text: string): string[] {
  const found = text.matchAll(
    /\bfrom\s*["']([^"'\n]+)["']|\bimport\s*["']([^"'\n]+)["']|\b(?:import|require)\s*\(\s*["'`]([^"'`\n]+)["'`]/g,
  );
  return [...found].flatMap(([, from, bare, called]) => from ?? bare ?? called ?? []);
}
