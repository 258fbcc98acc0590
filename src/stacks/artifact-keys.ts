import { sha256 } from './names.ts';

/**
 * Keys of zips in the artifact bucket, made of what is in them. Whoever builds a zip makes its key anew and compares:
 * what lies under a key is never replaced, so wrong bytes would stay there for good.
 */

/**
 * A function's own code. `version`: what `CodeVersions.functions` holds for it; `door`: what the code around it is told,
 * as text, where the function is behind the API.
 */
export function functionArtifactKey(version: string, door?: string): string {
  return artifactKey(sha256(door === undefined ? version : `${version}\n${door}`));
}

/**
 * The runtime with the model of an entity or of a storage beside it. `runtime`: what `CodeVersions.runtime` holds, or
 * `CodeVersions.files`.
 */
export function runtimeArtifactKey(runtime: string, model: string): string {
  return artifactKey(sha256(`${runtime}\n${model}`));
}

function artifactKey(hash: string): string {
  return `artifacts/${hash}.zip`;
}
