import { accessOf } from './access.ts';
import type { Access } from './blueprint.ts';
import { kebabCase } from './naming.ts';
import type { BlueprintDocument } from './schema.ts';

type Storage = Pick<BlueprintDocument['storage'][number], 'name' | 'base_path' | 'max_size'>;

/** The largest file of a storage that names none. */
export const defaultMaxSize = '10MB';

/**
 * S3 takes at most 5 GB in one upload; more comes in parts, which a form cannot do. Bytes.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html
 */
export const largestUpload = 5 * 1024 ** 3;

const units: Readonly<Record<string, number>> = { KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** The largest file of a storage in bytes. A KB has 1,024 of them, an MB 1,024 KB. */
export function maxBytes({ max_size = defaultMaxSize }: Pick<Storage, 'max_size'>): number {
  return Number(max_size.slice(0, -2)) * (units[max_size.slice(-2)] ?? 1);
}

/** Where the routes of a storage begin: as written, or `/files/<name>`. */
export function filesPathOf({ name, base_path }: Pick<Storage, 'name' | 'base_path'>): string {
  return base_path ?? `/files/${kebabCase(name)}`;
}

export const fileOperations = ['upload', 'list', 'get', 'delete'] as const;
/** What callers of the API may do with files; the bytes themselves travel between them and S3. */
export type FileOperation = (typeof fileOperations)[number];

/**
 * The operations that a storage offers, with who may call. Whose file it is comes from the token, so without sign-in
 * there is only reading what is public. Where a role reads, nobody else writes. Deleting is for who uploaded the file,
 * and for the first role of `auth.roles` where it may read it.
 */
export function fileOperationsOf(
  { access: written }: { access: string },
  hasAuth: boolean,
): { operation: FileOperation; access: Access }[] {
  const read = accessOf(written);
  if (!hasAuth) return [{ operation: 'get', access: read }];
  const signedIn: Access = read.level === 'role' ? read : { level: 'authenticated' };
  return [
    { operation: 'upload', access: signedIn },
    { operation: 'list', access: read.level === 'public' ? signedIn : read },
    { operation: 'get', access: read },
    { operation: 'delete', access: signedIn },
  ];
}
