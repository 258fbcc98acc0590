import assert from 'node:assert/strict';
import type { ApiEndpoint, Blueprint, Field } from '../../../src/blueprint/blueprint.ts';
import { prepareEntity } from '../../../src/runtime/entity.ts';
import { tablesFrom } from '../../../src/runtime/world.ts';
import { api, auth, blueprint, entity, field, routes, userFunction } from '../../builders/blueprint.ts';
import { codeOf, saasCrm, taskManager } from '../../builders/example-blueprints.ts';
import { compiled } from './compiled.ts';

describe('a generated function', () => {
  it('is named after its operation and entity, and runs the zip of its entity', () => {
    const { resource, stack } = compiled(taskManager());
    const { Properties, Metadata } = resource('lambda', 'CreateTaskFunction');
    const [project, task, health] = stack('lambda').artifacts;
    assert.deepEqual(Metadata, { Backdrift: { label: 'create-task-handler', source: 'api.resources.task' } });
    assert.deepEqual(Properties, {
      FunctionName: 'backdrift-task-manager-dev-create-task-handler',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.create',
      Code: { S3Bucket: { Ref: 'ArtifactBucket' }, S3Key: task?.key },
      Role: { 'Fn::GetAtt': ['CreateTaskRole', 'Arn'] },
      MemorySize: 256,
      Timeout: 28,
      Environment: {
        Variables: {
          BACKDRIFT_SERVICE: 'task-manager-dev',
          CORS_ORIGINS: '*',
          TABLE_PROJECT: { Ref: 'ProjectsTableName' },
          TABLE_TASK: { Ref: 'TasksTableName' },
        },
      },
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: 'CreateTaskLogGroup' } },
    });
    assert.equal(resource('lambda', 'ListTasksFunction').Metadata?.Backdrift.label, 'list-tasks-handler');
    assert.equal(resource('lambda', 'DeleteTaskFunction').Properties.Handler, 'index.remove');
    assert.deepEqual(health?.source, { kind: 'runtime', model: '{}' });
    assert.notEqual(project?.key, task?.key);
  });

  it('keeps its logs 14 days, 30 in a protected environment', () => {
    for (const [environment, days] of [
      ['dev', 14],
      ['prod', 30],
      ['local', 14],
    ] as const) {
      const { resource } = compiled(saasCrm(), { environment });
      const group = resource('lambda', 'HealthLogGroup');
      assert.equal(group.Properties.RetentionInDays, days);
      assert.equal(group.Properties.LogGroupName, `/aws/lambda/backdrift-saa-s-crm-${environment}-health-handler`);
    }
  });

  it('has a name that fits, different for long entities that begin alike', () => {
    const long = ['x', 'y'].map((end) => entity(`a_very_long_name_of_an_entity_that_never_seems_to_stop_${end}`));
    const { stack } = compiled(
      blueprint({ entities: long, auth: auth(), api: api({ resources: long.map(({ name }) => routes(name)) }) }),
    );
    const names = Object.values(stack('lambda').template.Resources).flatMap(({ Type, Properties }) =>
      Type === 'AWS::Lambda::Function' ? [String(Properties.FunctionName)] : [],
    );
    assert.equal(names.length, 11);
    assert.equal(new Set(names).size, 11);
    for (const name of names) assert.match(name, /^[a-z0-9][a-z0-9-]{1,62}[a-z0-9]$/);
  });

  it('gets a model that the runtime takes, and every table that it names', () => {
    const { stack } = compiled(saasCrm());
    const { artifacts, template } = stack('lambda');
    let models = 0;
    for (const { key, source } of artifacts) {
      if (source.kind !== 'runtime' || source.model === '{}') continue;
      const model = prepareEntity(JSON.parse(source.model));
      models += 1;
      for (const { Type, Properties } of Object.values(template.Resources)) {
        if (Type !== 'AWS::Lambda::Function' || !JSON.stringify(Properties.Code).includes(key)) continue;
        const variables = [...JSON.stringify(Properties.Environment).matchAll(/"(TABLE_[A-Z_]+)"/g)].map(([, name]) => [
          name,
          'x',
        ]);
        const table = tablesFrom(Object.fromEntries(variables));
        const handler = Properties.Handler;
        const needed = [
          model.name,
          ...(handler === 'index.create' || handler === 'index.update' ? model.references.map((to) => to.entity) : []),
          ...((handler === 'index.create' || handler === 'index.remove') && model.createsTenant
            ? [model.createsTenant.members.entity]
            : []),
          ...(handler === 'index.acceptMember' ? ['organization'] : []),
          ...(handler === 'index.remove' ? [...model.referencesTo.values()].flat().map((by) => by.entity) : []),
        ];
        for (const name of needed) assert.doesNotThrow(() => table(name), `${handler} of ${model.name} needs ${name}`);
        assert.equal(
          variables.length,
          new Set(needed).size,
          `${handler} of ${model.name} has more tables than it needs`,
        );
      }
    }
    assert.equal(models, 6);
  });
});

describe('a role', () => {
  const permissions = (stem: string, of: Blueprint = saasCrm()) => compiled(of).permissions(stem);

  it('allows exactly what its operation does', () => {
    const task = 'table/{TasksTableName}';
    const project = 'table/{ProjectsTableName}';
    const manager = taskManager();
    assert.deepEqual(permissions('GetTask', manager), [`dynamodb:GetItem ${task}`]);
    assert.deepEqual(permissions('ListTasks', manager), [
      `dynamodb:Query ${task}/index/backdrift-list`,
      `dynamodb:Query ${task}/index/by_project`,
    ]);
    assert.deepEqual(permissions('CreateTask', manager), [
      `dynamodb:ConditionCheckItem ${project}`,
      `dynamodb:PutItem ${task}`,
    ]);
    assert.deepEqual(permissions('UpdateTask', manager), [
      `dynamodb:ConditionCheckItem ${project}`,
      `dynamodb:GetItem ${task}`,
      `dynamodb:UpdateItem ${task}`,
    ]);
    assert.deepEqual(permissions('DeleteTask', manager), [`dynamodb:DeleteItem ${task}`, `dynamodb:GetItem ${task}`]);
    assert.deepEqual(permissions('DeleteProject', manager), [
      `dynamodb:DeleteItem ${project}`,
      `dynamodb:DeleteItem ${task}`,
      `dynamodb:GetItem ${project}`,
      `dynamodb:Query ${task}/index/by_project`,
    ]);
    assert.deepEqual(permissions('Health', manager), []);
  });

  it('follows tenancy, soft delete, restrict and set_null', () => {
    assert.deepEqual(permissions('ListOrganizations'), ['dynamodb:Query table/{OrganizationsTableName}']);
    assert.deepEqual(permissions('ListDeals'), [
      'dynamodb:Query table/{DealsTableName}/index/backdrift-by-contact_id',
      'dynamodb:Query table/{DealsTableName}/index/backdrift-by-organization_id',
      'dynamodb:Query table/{DealsTableName}/index/backdrift-by-reviewer_id',
    ]);
    assert.deepEqual(permissions('ListLineItems'), [
      'dynamodb:Query table/{LineItemsTableName}',
      'dynamodb:Query table/{LineItemsTableName}/index/backdrift-by-organization_id',
    ]);
    // The tenant's index answers nothing that the owner's does not.
    assert.deepEqual(permissions('ListContacts'), [
      'dynamodb:Query table/{ContactsTableName}/index/backdrift-by-owner_id',
    ]);
    assert.deepEqual(permissions('DeleteContact'), [
      'dynamodb:DeleteItem table/{ContactsTableName}',
      'dynamodb:GetItem table/{ContactsTableName}',
      'dynamodb:Query table/{DealsTableName}/index/backdrift-by-contact_id',
      'dynamodb:Query table/{DealsTableName}/index/backdrift-by-reviewer_id',
      'dynamodb:UpdateItem table/{DealsTableName}',
    ]);
    assert.deepEqual(permissions('DeleteDeal'), [
      'dynamodb:DeleteItem table/{LineItemsTableName}',
      'dynamodb:GetItem table/{DealsTableName}',
      'dynamodb:Query table/{LineItemsTableName}',
      'dynamodb:UpdateItem table/{DealsTableName}',
    ]);
  });

  it('allows Scan only where the Blueprint does', () => {
    const scanning = blueprint({
      auth: auth(),
      entities: [entity('note')],
      api: api({ resources: [routes('note', { allow_scan: true })] }),
    });
    assert.deepEqual(permissions('ListNotes', scanning), ['dynamodb:Scan table/{NotesTableName}']);
    assert.doesNotMatch(compiled(saasCrm()).stack('lambda').body, /dynamodb:Scan/);
  });

  it('of the user’s function covers what it uses, reads only where it says so', () => {
    assert.deepEqual(permissions('CustomCloseDeal'), [
      'dynamodb:BatchGetItem table/{ContactsTableName}',
      'dynamodb:BatchGetItem table/{DealsTableName}',
      'dynamodb:BatchWriteItem table/{DealsTableName}',
      'dynamodb:ConditionCheckItem table/{DealsTableName}',
      'dynamodb:DeleteItem table/{DealsTableName}',
      'dynamodb:GetItem table/{ContactsTableName}',
      'dynamodb:GetItem table/{DealsTableName}',
      'dynamodb:PutItem table/{DealsTableName}',
      'dynamodb:Query table/{ContactsTableName}',
      'dynamodb:Query table/{ContactsTableName}/index/backdrift-by-organization_id',
      'dynamodb:Query table/{ContactsTableName}/index/backdrift-by-owner_id',
      'dynamodb:Query table/{DealsTableName}',
      'dynamodb:Query table/{DealsTableName}/index/backdrift-by-contact_id',
      'dynamodb:Query table/{DealsTableName}/index/backdrift-by-organization_id',
      'dynamodb:Query table/{DealsTableName}/index/backdrift-by-reviewer_id',
      'dynamodb:UpdateItem table/{DealsTableName}',
      'lambda:InvokeFunction function:backdrift-saa-s-crm-dev-onboarding-workflow:live',
      'lambda:SendDurableExecutionCallbackFailure function:backdrift-saa-s-crm-dev-onboarding-workflow:*',
      'lambda:SendDurableExecutionCallbackSuccess function:backdrift-saa-s-crm-dev-onboarding-workflow:*',
      's3:GetObject {AttachmentsBucketName}/*',
      's3:ListBucket {AttachmentsBucketName}',
      'sqs:SendMessage {EmailsQueueName}',
    ]);
    assert.deepEqual(permissions('CustomSendEmail'), [
      'sqs:ChangeMessageVisibility {EmailsQueueName}',
      'sqs:ChangeMessageVisibility {OrderedQueueName}',
      'sqs:DeleteMessage {EmailsQueueName}',
      'sqs:DeleteMessage {OrderedQueueName}',
      'sqs:GetQueueAttributes {EmailsQueueName}',
      'sqs:GetQueueAttributes {OrderedQueueName}',
      'sqs:ReceiveMessage {EmailsQueueName}',
      'sqs:ReceiveMessage {OrderedQueueName}',
    ]);
  });

  it('is trusted by Lambda alone and takes a permissions boundary', () => {
    const { property, stack } = compiled(taskManager());
    assert.deepEqual(property('lambda', 'GetTaskRole', 'AssumeRolePolicyDocument', 'Statement'), [
      { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ]);
    assert.equal(property('lambda', 'GetTaskRole', 'Path'), '/backdrift/task-manager/dev/');
    assert.deepEqual(stack('lambda').parameters.PermissionsBoundaryArn, { from: 'value', value: '' });
    assert.deepEqual(stack('lambda').parameters.TasksTableName, {
      from: 'output',
      layer: 'dynamodb',
      output: 'TasksTableName',
    });
  });
});

describe('the user’s function', () => {
  const with1 = (overrides: Parameters<typeof userFunction>[1], rest: Parameters<typeof blueprint>[0] = {}) =>
    blueprint({ functions: [userFunction('act', overrides)], ...rest });
  const endpoint = {
    method: 'POST',
    path: '/act',
    function: 'act',
    access: { level: 'public' },
    deprecated: false,
  } as const;

  it('may take 28 seconds behind the API, 15 minutes elsewhere, or what it says', () => {
    const timeout = (of: Blueprint) => compiled(of).property('lambda', 'CustomActFunction', 'Timeout');
    assert.equal(timeout(with1({})), 900);
    assert.equal(timeout(with1({}, { api: api({ endpoints: [endpoint] }) })), 28);
    assert.equal(timeout(with1({ timeout: 5 })), 5);
  });

  it('is told who may call its endpoints', () => {
    const { property } = compiled(
      with1({}, { auth: auth(), api: api({ endpoints: [{ ...endpoint, access: { level: 'role', role: 'admin' } }] }) }),
    );
    assert.equal(
      property('lambda', 'CustomActFunction', 'Environment', 'Variables', 'ROUTE_ACCESS'),
      '{"POST /act":{"level":"role","role":"admin"}}',
    );
  });

  describe('behind endpoints', () => {
    const noted = (fields: Field[], owner_field = 'author_id') => entity('note', fields, { owner_field });
    const behind = (endpoints: Partial<ApiEndpoint>[], more: Partial<Blueprint> = {}, uses: string[] = []) =>
      compiled(
        blueprint({
          entities: [noted([field('author_id')]), entity('tag')],
          auth: auth(),
          functions: [userFunction('act', { uses })],
          api: api({
            resources: [routes('note', { base_path: '/v1/notes' }), routes('tag', { base_path: '/v1/tags' })],
            endpoints: endpoints.map((one) => ({
              method: 'POST',
              path: '/act',
              function: 'act',
              access: { level: 'authenticated' },
              deprecated: false,
              ...one,
            })),
          }),
          ...more,
        }),
      );
    const owner = { level: 'owner' } as const;

    it('may read the table of the row that somebody must look at, and is told its name', () => {
      const of = behind([{ path: '/v1/notes/{id}/pin', access: owner }]);
      assert.deepEqual(of.codes, []);
      assert.deepEqual(of.permissions('CustomAct'), ['dynamodb:GetItem table/{NotesTableName}']);
      const variables = of.property('lambda', 'CustomActFunction', 'Environment', 'Variables');
      assert.deepEqual(variables, {
        BACKDRIFT_SERVICE: 'task-manager-dev',
        NODE_OPTIONS: '--enable-source-maps',
        ROUTE_ACCESS: '{"POST /v1/notes/{id}/pin":{"level":"owner"}}',
        TABLE_NOTE: { Ref: 'NotesTableName' },
      });
    });

    it('may read nothing where nobody must look', () => {
      for (const path of ['/act', '/v1/notes', '/v1/notes/{id}', '/v1/notes/{id}/pin', '/v1/tags/{id}/pin'])
        assert.deepEqual(behind([{ path, method: 'PUT' }]).permissions('CustomAct'), [], path);
      const queued = behind([{ path: '/v1/notes/{id}/pin', access: owner, function: 'other' }], {
        functions: [userFunction('act'), userFunction('other')],
      });
      assert.deepEqual(queued.permissions('CustomAct'), []);
      assert.deepEqual(queued.permissions('CustomOther'), ['dynamodb:GetItem table/{NotesTableName}']);
    });

    it('keeps the rights that it uses, each once', () => {
      const of = behind([{ path: '/v1/notes/{id}/pin', access: owner }], {}, ['note:read']);
      const reads = of.permissions('CustomAct').filter((permission) => permission.includes('GetItem table'));
      assert.deepEqual(reads, [
        'dynamodb:BatchGetItem table/{NotesTableName}',
        'dynamodb:GetItem table/{NotesTableName}',
      ]);
    });

    it('has another zip when a contract, an owner’s field or the way to a row changes, and not when a rule does', () => {
      const key = (of: ReturnType<typeof behind>) => of.property('lambda', 'CustomActFunction', 'Code', 'S3Key');
      const endpoint = { path: '/v1/notes/{id}/pin', access: owner };
      const notes = (more: Partial<Field>, owned = 'author_id') => ({
        entities: [noted([field('author_id'), field('editor_id'), field('text', more)], owned), entity('tag')],
      });
      const before = key(behind([endpoint], notes({})));
      assert.equal(key(behind([endpoint], notes({ max_length: 10, required: true }))), before);
      const others = [
        behind([{ ...endpoint, request: { type: 'object' } }], notes({})),
        behind([{ ...endpoint, response: { type: 'object' } }], notes({})),
        behind([{ ...endpoint, deprecated: true }], notes({})),
        behind([{ ...endpoint, sunset: '2030-01-01' }], notes({})),
        behind([endpoint], notes({ renamed_from: 'body' })),
        behind([endpoint], notes({}, 'editor_id')),
      ].map(key);
      assert.equal(new Set([before, ...others]).size, others.length + 1);
    });

    it('with a contract that is written in another order has the same zip', () => {
      const key = (request: Record<string, unknown>) =>
        behind([{ request }]).property('lambda', 'CustomActFunction', 'Code', 'S3Key');
      assert.equal(
        key({ type: 'object', properties: { a: { type: 'string', maxLength: 3 } } }),
        key({ properties: { a: { maxLength: 3, type: 'string' } }, type: 'object' }),
      );
    });
  });

  it('keeps its variables as they are written, whatever they look like', () => {
    const value = `\${AWS::AccountId} {"Ref":"x"}`;
    const { property } = compiled(with1({ environment: { TEXT: value } }));
    assert.equal(property('lambda', 'CustomActFunction', 'Environment', 'Variables', 'TEXT'), value);
  });

  it('is refused with variables that Lambda or Backdrift sets, or cannot be', () => {
    const environment = { AWS_REGION: 'x', TABLE_NOTE: 'x', 'NOT-A-NAME': 'x', FINE: 'x' };
    const { problems } = compiled(with1({ environment, uses: ['note'] }, { entities: [entity('note')] }));
    assert.deepEqual(
      problems.map(({ code, path }) => [code, path.at(-1)]),
      [
        ['reserved-variable', 'AWS_REGION'],
        ['reserved-variable', 'TABLE_NOTE'],
        ['bad-variable-name', 'NOT-A-NAME'],
      ],
    );
  });

  it('is refused when it is too large, uses what is not there, or has no code', () => {
    const left = 4096 - 'NODE_OPTIONS--enable-source-maps'.length - 'A1'.length;
    assert.deepEqual(compiled(with1({ environment: { A1: 'x'.repeat(left + 1) } })).codes, ['environment-too-large']);
    assert.deepEqual(compiled(with1({ environment: { A1: 'x'.repeat(left) } })).codes, []);
    assert.deepEqual(
      compiled(with1({ uses: ['nothing:read'] })).problems.map(({ code, path }) => [code, path]),
      [['unknown-use', ['functions', 0, 'uses', 0]]],
    );
    const many = Array.from({ length: 40 }, (_, position) => entity(`thing${position}`));
    assert.deepEqual(compiled(with1({ uses: many.map(({ name }) => name) }, { entities: many })).codes, [
      'role-too-large',
    ]);
    assert.deepEqual(compiled(with1({}), { code: { runtime: 'x', functions: {} } }).codes, ['code-missing']);
    assert.deepEqual(
      compiled(blueprint({ functions: [userFunction('constructor')] }), { code: { runtime: 'x', functions: {} } })
        .codes,
      ['code-missing'],
    );
  });

  it('may share its words with a generated function, but not the whole name', () => {
    const shared = (name: string) =>
      compiled(
        blueprint({
          entities: [entity('user')],
          auth: auth(),
          api: api({ resources: [routes('user')] }),
          functions: [userFunction(name)],
        }),
      );
    assert.deepEqual(shared('create_user').codes, []);
    assert.deepEqual(shared('create').codes, []);
    assert.deepEqual(shared('webhook_handler').codes, []);
    assert.deepEqual(shared('create_user_handler').codes, ['function-name-taken']);
  });
});

describe('a workflow', () => {
  it('is a durable function with a version for each code and an alias in front', () => {
    const crm = saasCrm();
    const { property, stack } = compiled(crm);
    assert.deepEqual(property('lambda', 'WorkflowOnboardingFunction', 'DurableConfig'), {
      ExecutionTimeout: 2_592_000,
      RetentionPeriodInDays: 14,
    });
    const versions = (ids: Record<string, unknown>) =>
      Object.keys(ids).filter((id) => id.startsWith('WorkflowOnboardingVersion'));
    const [version = ''] = versions(stack('lambda').template.Resources);
    assert.deepEqual(property('lambda', 'WorkflowOnboardingAlias', 'FunctionVersion'), {
      'Fn::GetAtt': [version, 'Version'],
    });
    assert.equal(stack('lambda').template.Resources[version]?.DeletionPolicy, 'Retain');
    const code = { ...codeOf(crm), functions: { ...codeOf(crm).functions, onboarding: 'new' } };
    const after = compiled(crm, { code }).stack('lambda').template.Resources;
    assert.equal(versions(after).length, 1);
    assert.notEqual(versions(after)[0], version);
    assert.ok(
      compiled(crm)
        .permissions('WorkflowOnboarding')
        .includes('lambda:CheckpointDurableExecution function:backdrift-saa-s-crm-dev-onboarding-workflow:*'),
    );
  });

  it('is refused where the region has no durable functions, and beyond a year', () => {
    const elsewhere = { ...saasCrm(), environments: { dev: { region: 'us-west-2', protected: false } } } as const;
    assert.deepEqual(
      compiled(elsewhere).problems.map(({ code, path }) => [code, path]),
      [['durable-region', ['workflows']]],
    );
    const forever = blueprint({ workflows: [{ name: 'wait', handler: 'w.ts', timeout: '367d', uses: [] }] });
    assert.deepEqual(compiled(forever).codes, ['workflow-timeout']);
  });
});

describe('a field with a reference', () => {
  it('to an entity with a key of two fields is not looked up: one value is no key', () => {
    const line = entity('line', [field('a'), field('b')], { key: { partition: 'a', sort: 'b' } });
    const note = entity('note', [field('line', { references: 'line' })]);
    const of = blueprint({ auth: auth(), entities: [line, note], api: api({ resources: [routes('note')] }) });
    assert.deepEqual(compiled(of).permissions('CreateNote'), ['dynamodb:PutItem table/{NotesTableName}']);
  });
});
