import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { unzipSync } from 'fflate';
import * as z from 'zod';

export const root = path.resolve(import.meta.dirname, '../..');
export const vsixFile = path.join(root, 'backdrift.vsix');

const commandReference = z.object({ command: z.string() });

/** As much of an extension's manifest as the checks look at. */
const manifestSchema = z.object({
  main: z.string(),
  icon: z.string(),
  version: z.string(),
  engines: z.object({ vscode: z.string() }),
  bin: z.record(z.string(), z.string()),
  activationEvents: z.array(z.string()),
  contributes: z.object({
    commands: z.array(z.object({ command: z.string(), title: z.string() })),
    menus: z.record(z.string(), z.array(commandReference)),
    viewsContainers: z.record(z.string(), z.array(z.object({ id: z.string(), icon: z.string() }))),
    views: z.record(z.string(), z.array(z.object({ id: z.string() }))),
    viewsWelcome: z.array(z.object({ view: z.string(), contents: z.string() })),
    configuration: z.object({ properties: z.record(z.string(), z.object({ scope: z.string() })) }),
    jsonValidation: z.array(z.object({ url: z.string() })),
    yamlValidation: z.array(z.object({ url: z.string() })),
  }),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** The package as a user gets it. Paths are those inside the extension's folder. */
export interface Vsix {
  bytes: number;
  files: Map<string, Uint8Array>;
  manifest: Manifest;
  /** Text that the manifest stands for, by key. */
  texts: Record<string, string>;
}

export function readVsix(): Vsix {
  if (!existsSync(vsixFile)) throw new Error('backdrift.vsix is not there: run npm run package.');
  const zip = readFileSync(vsixFile);
  const files = new Map(
    Object.entries(unzipSync(zip)).flatMap(([name, bytes]) =>
      name.startsWith('extension/') ? [[name.slice('extension/'.length), bytes] as const] : [],
    ),
  );
  const json = (name: string): unknown => JSON.parse(text(files, name));
  return {
    bytes: zip.byteLength,
    files,
    manifest: manifestSchema.parse(json('package.json')),
    texts: z.record(z.string(), z.string()).parse(json('package.nls.json')),
  };
}

export function text(files: Map<string, Uint8Array>, name: string): string {
  const bytes = files.get(name);
  if (!bytes) throw new Error(`${name} is not in the package`);
  return new TextDecoder().decode(bytes);
}

/** What a bundled module imports: always (`static`), and when it gets there (`late`). */
export function importsOf(code: string): { static: string[]; late: string[] } {
  // Minified or not, the bundler writes specifiers between double quotes; a late import has the bracket.
  const statics = [...code.matchAll(/(?:^|[;}\n])\s*(?:import|export)\b(?:[^"'();]*?\bfrom)?\s*"([^"\n]+)"/g)];
  const late = [...code.matchAll(/\bimport\(\s*"([^"\n]+)"\s*\)/g)];
  const specifiers = (matches: RegExpExecArray[]): string[] => matches.flatMap(([, specifier]) => specifier ?? []);
  return { static: specifiers(statics), late: specifiers(late) };
}
