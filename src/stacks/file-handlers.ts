import { type FileOperation, fileOperationsOf } from '../blueprint/storage.ts';
import { runtimeArtifactKey } from './artifact-keys.ts';
import { fileModelOf, filesBucketVariable, filesPrefix, type Storage } from './file-model.ts';
import { fileHandlerLabel, fileHandlerStem } from './file-routes.ts';
import { functionResources } from './function-resources.ts';
import { originsOf, serviceOf } from './handlers.ts';
import type { Grant } from './iam.ts';
import { type LayerParameter, outputOf, ref } from './layer.ts';
import { physicalName } from './names.ts';
import { bucketParameter } from './s3.ts';
import type { Scope } from './scope.ts';
import type { Artifact } from './stack.ts';
import type { TemplateResource } from './template.ts';
import { apiTimeout } from './timeout.ts';

/** The functions that answer a storage's routes. They run the same zip. */
export interface FileHandlers {
  resources: Record<string, TemplateResource>;
  artifact: Artifact;
  parameters: Record<string, LayerParameter>;
}

/** `delete` is a reserved word of JavaScript, so its export is called remove. */
const exportNames: Record<FileOperation, string> = { upload: 'upload', list: 'list', get: 'get', delete: 'remove' };

export function fileHandlers(scope: Scope, storage: Storage): FileHandlers {
  const parameter = bucketParameter(storage.name);
  const model = JSON.stringify(fileModelOf(scope, storage));
  const artifact: Artifact = {
    key: runtimeArtifactKey(scope.code.files ?? '', model),
    source: { kind: 'files', model },
  };
  const resources: Record<string, TemplateResource> = {};
  for (const { operation } of fileOperationsOf(storage, scope.blueprint.auth !== undefined)) {
    const label = fileHandlerLabel(operation, storage);
    Object.assign(
      resources,
      functionResources(scope, {
        stem: fileHandlerStem(operation, storage),
        name: physicalName(scope, label),
        label,
        source: `storage.${storage.name}`,
        handler: `index.${exportNames[operation]}`,
        memory: 256,
        timeout: apiTimeout,
        environment: { [filesBucketVariable]: ref(parameter), ...originsOf(scope), ...serviceOf(scope) },
        grants: [fileGrant(operation, parameter)],
        artifact: artifact.key,
      }),
    );
  }
  return {
    resources,
    artifact,
    parameters: { [parameter]: outputOf('s3', parameter, `The bucket of ${storage.name}`) },
  };
}

/**
 * What a function may do, and with it whoever holds an address that it signed: a signed URL has the rights of who
 * signed it. A file is looked at before it is deleted, so that one that is not there is a 404.
 */
function fileGrant(operation: FileOperation, bucket: string): Grant {
  const arn = `arn:\${AWS::Partition}:s3:::\${${bucket}}`;
  const actions: Record<Exclude<FileOperation, 'list'>, string[]> = {
    upload: ['s3:PutObject'],
    get: ['s3:GetObject'],
    delete: ['s3:GetObject', 's3:DeleteObject'],
  };
  if (operation !== 'list') return { actions: actions[operation], resources: [`${arn}/${filesPrefix}*`] };
  return {
    actions: ['s3:ListBucket'],
    resources: [arn],
    condition: { StringLike: { 's3:prefix': `${filesPrefix}*` } },
  };
}
