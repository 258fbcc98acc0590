import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

/**
 * The names of the user's credentials profiles, in the order of the files, each once.
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
 */
export async function profileNames(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string[]> {
  const folder = path.join(homedir(), '.aws');
  const [config, credentials] = await Promise.all([
    textOf(variables.AWS_CONFIG_FILE ?? path.join(folder, 'config')),
    textOf(variables.AWS_SHARED_CREDENTIALS_FILE ?? path.join(folder, 'credentials')),
  ]);
  return [...new Set([...profilesInConfig(config), ...profilesInCredentials(credentials)])];
}

/** `[default]` and `[profile name]`; other sections are no profiles. */
export function profilesInConfig(text: string): string[] {
  return sections(text).flatMap((section) => {
    if (section === 'default') return [section];
    const name = /^profile\s+(?:"([^"]+)"|'([^']+)'|(\S.*))$/.exec(section);
    return name ? [name[1] ?? name[2] ?? name[3] ?? ''] : [];
  });
}

/** Every section is a profile. */
export function profilesInCredentials(text: string): string[] {
  return sections(text);
}

function sections(text: string): string[] {
  return [...text.matchAll(/^[ \t]*\[([^\]\r\n]+)\]/gm)].flatMap((match) => {
    const name = match[1]?.trim();
    return name ? [name] : [];
  });
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    // No file: no profiles in it.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
