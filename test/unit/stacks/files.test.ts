import assert from 'node:assert/strict';
import type { Blueprint } from '../../../src/blueprint/blueprint.ts';
import { fileOperationsOf } from '../../../src/blueprint/storage.ts';
import { openapiDocument } from '../../../src/stacks/openapi/document.ts';
import { api, auth, blueprint, routes, userFunction } from '../../builders/blueprint.ts';
import { compiled } from './compiled.ts';

type Storage = Blueprint['storage'][number];

function storing(storage: Partial<Storage> = {}, rest: Partial<Blueprint> = {}): Blueprint {
  return blueprint({
    auth: auth(),
    api: api({ cors: { origins: ['https://a.example.com'] } }),
    storage: [{ name: 'raw_exports', access: 'owner', versioning: false, ...storage }],
    ...rest,
  });
}

describe('the functions of a storage', () => {
  it('may do their one thing below files/, and nothing else', () => {
    const of = compiled(storing());
    assert.deepEqual(of.codes, []);
    const objects = '{RawExportsBucketName}/files/*';
    assert.deepEqual(of.permissions('StorageUploadRawExports'), [`s3:PutObject ${objects}`]);
    assert.deepEqual(of.permissions('StorageGetRawExports'), [`s3:GetObject ${objects}`]);
    assert.deepEqual(of.permissions('StorageDeleteRawExports'), [
      `s3:DeleteObject ${objects}`,
      `s3:GetObject ${objects}`,
    ]);
    assert.deepEqual(of.permissions('StorageListRawExports'), ['s3:ListBucket {RawExportsBucketName}']);
    assert.deepEqual(
      of.property('lambda', 'StorageListRawExportsRole', 'Policies', 0, 'PolicyDocument', 'Statement', 1, 'Condition'),
      { StringLike: { 's3:prefix': 'files/*' } },
    );
  });

  it('know their bucket, their origins and nothing of others', () => {
    const of = compiled(storing());
    assert.deepEqual(of.property('lambda', 'StorageGetRawExportsFunction', 'Environment', 'Variables'), {
      BACKDRIFT_SERVICE: 'task-manager-dev',
      CORS_ORIGINS: 'https://a.example.com',
      FILES_BUCKET: { Ref: 'RawExportsBucketName' },
    });
    assert.deepEqual(of.stack('lambda').parameters.RawExportsBucketName, {
      from: 'output',
      layer: 's3',
      output: 'RawExportsBucketName',
    });
    assert.ok(of.stack('lambda').dependsOn.includes('s3'));
  });

  it('are told who reads, how much and what', () => {
    const modelsOf = (of: Blueprint) =>
      compiled(of)
        .stack('lambda')
        .artifacts.flatMap(({ source }) => (source.kind === 'files' ? [JSON.parse(source.model)] : []));
    assert.deepEqual(modelsOf(storing()), [
      {
        storage: 'raw_exports',
        access: { level: 'owner' },
        tenancy: false,
        moderator: 'admin',
        max_size: 10 * 1024 ** 2,
      },
    ]);
    const tenancy = { mode: 'multi_tenant', tenant_entity: 'organization', field: 'organization_id' } as const;
    const [model] = modelsOf(
      storing({ access: 'member', max_size: '500KB', types: ['image/*'] }, { tenancy, auth: auth({ roles: [] }) }),
    );
    assert.deepEqual(model, {
      storage: 'raw_exports',
      access: { level: 'role', role: 'member' },
      tenancy: true,
      max_size: 512_000,
      types: ['image/*'],
    });
  });

  it('are there only where there is an API', () => {
    const { api: _, ...rest } = storing();
    assert.deepEqual(
      compiled(rest).stacks.map(({ layer }) => layer),
      ['cognito', 's3'],
    );
  });
});

describe('the routes of a storage', () => {
  const of = (storage: Partial<Storage>, rest: Partial<Blueprint> = {}) => {
    const document = openapiDocument(storing(storage, rest), '/api');
    assert.ok(document);
    return Object.entries(document.paths).flatMap(([path, item]) =>
      path === '/health'
        ? []
        : Object.entries(item).map(
            ([method, { security }]) => `${method} ${path}${security === undefined ? ' public' : ''}`,
          ),
    );
  };

  it('are for who signs in, but for reading what is public', () => {
    const closed = [
      'post /files/raw-exports',
      'get /files/raw-exports',
      'get /files/raw-exports/{id}',
      'delete /files/raw-exports/{id}',
    ];
    for (const access of ['owner', 'authenticated', 'admin']) assert.deepEqual(of({ access }), closed);
    assert.deepEqual(of({ access: 'public', base_path: '/v1/pics' }), [
      'post /v1/pics',
      'get /v1/pics',
      'get /v1/pics/{id} public',
      'delete /v1/pics/{id}',
    ]);
  });

  it('without sign-in are for reading alone: nobody could own a file', () => {
    assert.deepEqual(fileOperationsOf({ access: 'public' }, false), [
      { operation: 'get', access: { level: 'public' } },
    ]);
    const { auth: _, ...open } = storing({ access: 'public' });
    const { codes, stack } = compiled(open);
    assert.deepEqual(codes, []);
    const functions = Object.entries(stack('lambda').template.Resources).filter(
      ([, { Type }]) => Type === 'AWS::Lambda::Function',
    );
    assert.deepEqual(
      functions.map(([id]) => id),
      ['HealthFunction', 'StorageGetRawExportsFunction'],
    );
    const { auth: __, ...closed } = storing({ access: 'owner' });
    assert.deepEqual(compiled(closed).codes, ['access-without-auth']);
  });

  it('where a role reads are for that role alone', () => {
    const levels = fileOperationsOf({ access: 'admin' }, true).map(({ access }) => access);
    assert.deepEqual(
      new Set(levels.map((access) => JSON.stringify(access))),
      new Set(['{"level":"role","role":"admin"}']),
    );
  });

  it('may be in the way of others, which is told', () => {
    const two = storing(
      {},
      {
        storage: [
          { name: 'one', access: 'owner', versioning: false, base_path: '/v1/x' },
          { name: 'two', access: 'owner', versioning: false, base_path: '/v1/x' },
        ],
      },
    );
    assert.ok(compiled(two).codes.includes('route-conflict'));
    const functions = [userFunction('storage-get-raw-exports-handler')];
    assert.deepEqual(compiled(storing({}, { functions })).codes, ['function-name-taken']);
    assert.deepEqual(
      compiled(storing({ base_path: '/v1/notes' }, { api: api({ resources: [routes('note')] }), entities: [] })).codes,
      ['unknown-entity'],
    );
  });
});

describe('a bucket of files', () => {
  it('is closed, encrypted, and rid of what nobody needs', () => {
    const property = (...path: (string | number)[]) => compiled(storing()).property('s3', 'RawExportsBucket', ...path);
    assert.deepEqual(property('OwnershipControls', 'Rules', 0), { ObjectOwnership: 'BucketOwnerEnforced' });
    assert.equal(
      property(
        'BucketEncryption',
        'ServerSideEncryptionConfiguration',
        0,
        'ServerSideEncryptionByDefault',
        'SSEAlgorithm',
      ),
      'AES256',
    );
    assert.deepEqual(property('LifecycleConfiguration', 'Rules'), [
      { Id: 'abort-unfinished-uploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
      {
        Id: 'expire-old-versions',
        Status: 'Enabled',
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
        ExpiredObjectDeleteMarker: true,
      },
    ]);
    assert.deepEqual(property('CorsConfiguration', 'CorsRules', 0, 'AllowedOrigins'), ['https://a.example.com']);
    assert.equal(property('VersioningConfiguration'), undefined);
    assert.equal(
      compiled(storing({ versioning: true })).property('s3', 'RawExportsBucket', 'VersioningConfiguration', 'Status'),
      'Enabled',
    );
    const policy = compiled(storing()).property(
      's3',
      'RawExportsBucketPolicy',
      'PolicyDocument',
      'Statement',
      0,
      'Condition',
    );
    assert.deepEqual(policy, { Bool: { 'aws:SecureTransport': 'false' } });
  });
});
