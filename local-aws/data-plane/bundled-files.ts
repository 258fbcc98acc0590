import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { workerFromSource } from './worker-from-source.ts';

/**
 * Files that are found at run time because they run on their own: the worker that functions run in, and the SDK packages
 * that functions import. In the product they lie in `dist/local-aws` as JavaScript, wherever the bundler put the code
 * that asks; in development they are these sources, bundled on the spot, and the installed packages.
 */

/** The packages that a function may import without bringing them, as Lambda's Node.js runtimes provide the SDK. */
export const providedPackages = [
  '@aws-sdk/client-cognito-identity-provider',
  '@aws-sdk/client-dynamodb',
  '@aws-sdk/client-lambda',
  '@aws-sdk/client-s3',
  '@aws-sdk/client-sqs',
  '@aws-sdk/lib-dynamodb',
] as const;

const here = fileURLToPath(import.meta.url);
const inDevelopment = here.endsWith('.ts');

/** The worker's entry file. */
export function workerEntry(): URL {
  return inDevelopment ? workerFromSource() : pathToFileURL(bundled('lambda-worker.js'));
}

/** The file behind a provided package: an ES module in the product, what the package itself names in development. */
export function providedFile(packageName: (typeof providedPackages)[number]): string {
  if (inDevelopment) return createRequire(import.meta.url).resolve(packageName);
  return bundled(path.join('lambda-sdk', `${packageName.slice('@aws-sdk/'.length)}.js`));
}

/** A file of `dist/local-aws`: this code may be in the entry beside it or in a chunk one or two directories away. */
function bundled(name: string): string {
  const directory = path.dirname(here);
  const places = [
    directory,
    path.dirname(directory),
    path.join(directory, 'local-aws'),
    path.join(path.dirname(directory), 'local-aws'),
  ];
  const found = places.map((place) => path.join(place, name)).find((file) => existsSync(file));
  if (!found) throw new Error(`The local AWS is incomplete: ${name} is missing beside ${here}. Build it again.`);
  return found;
}
