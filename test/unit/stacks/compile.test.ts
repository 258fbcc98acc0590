import assert from 'node:assert/strict';
import { dependenciesOf, deploymentOrder } from '../../../src/stacks/graph.ts';
import { fitting, handlerLabel, stackName } from '../../../src/stacks/names.ts';
import { api, auth, blueprint, entity, routes } from '../../builders/blueprint.ts';
import { blog, saasCrm, taskManager } from '../../builders/example-blueprints.ts';
import { compiled } from './compiled.ts';

describe('a compilation', () => {
  it('of the page’s typical project has five stacks, which wait for what they need', () => {
    assert.deepEqual(
      compiled(taskManager()).stacks.map(({ name, dependsOn }) => [name, dependsOn]),
      [
        ['backdrift-task-manager-dev-cognito', []],
        ['backdrift-task-manager-dev-dynamodb', []],
        ['backdrift-task-manager-dev-lambda', ['dynamodb']],
        ['backdrift-task-manager-dev-api', ['cognito', 'lambda']],
        ['backdrift-task-manager-dev-amplify', ['cognito', 'api']],
      ],
    );
  });

  it('has every layer where there is something for each, and none without', () => {
    assert.deepEqual(
      compiled(saasCrm()).stacks.map(({ layer }) => layer),
      ['cognito', 'dynamodb', 's3', 'sqs', 'lambda', 'api', 'eventbridge', 'amplify', 'cloudwatch'],
    );
    assert.deepEqual(compiled(blueprint()).stacks, []);
    assert.deepEqual(
      compiled(blueprint({ api: api() })).stacks.map(({ layer }) => layer),
      ['lambda', 'api'],
    );
  });

  it('is for an environment of the Blueprint, or the local one', () => {
    assert.deepEqual(compiled(taskManager(), { environment: 'local' }).codes, []);
    for (const environment of ['prod', 'constructor', '__proto__', '']) {
      const { stacks, problems } = compiled(taskManager(), { environment });
      assert.deepEqual(stacks, []);
      assert.deepEqual(
        problems.map(({ code, path }) => [code, path]),
        [['unknown-environment', ['environments']]],
      );
    }
  });

  it('reports what is too large for CloudFormation, with what to do', () => {
    const of = (count: number) => {
      const entities = Array.from({ length: count }, (_, at) => entity(`thing${at}`));
      return compiled(
        blueprint({ auth: auth(), entities, api: api({ resources: entities.map(({ name }) => routes(name)) }) }),
      );
    };
    assert.deepEqual(of(33).codes, []);
    const { problems } = of(34);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['too-many-resources'],
    );
    assert.match(problems[0]?.message ?? '', /Lambda Stack has 515 resources; CloudFormation allows 500\.$/);
    assert.match(problems[0]?.hint ?? '', /fewer operations/);
    const huge = of(320);
    assert.deepEqual([...new Set(huge.codes)].sort(), [
      'template-too-large',
      'too-many-outputs',
      'too-many-parameters',
      'too-many-paths',
      'too-many-resources',
    ]);
    assert.equal(huge.stacks.length, 4);
  });

  it('shares no secret: no account id, no environment of ours in a template', () => {
    for (const { body } of compiled(saasCrm(), { environment: 'prod' }).stacks)
      assert.doesNotMatch(body, /210987654321/);
  });

  it('closes buckets to the public and to plain HTTP', () => {
    const { property, stack } = compiled(saasCrm());
    assert.deepEqual(property('s3', 'AttachmentsBucket', 'PublicAccessBlockConfiguration'), {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    assert.match(
      JSON.stringify(property('s3', 'AttachmentsBucketPolicy', 'PolicyDocument')),
      /"Deny".*aws:SecureTransport/,
    );
    assert.deepEqual(property('s3', 'AttachmentsBucket', 'VersioningConfiguration'), { Status: 'Enabled' });
    assert.equal(property('s3', 'ExportsBucket', 'VersioningConfiguration'), undefined);
    assert.deepEqual(Object.keys(stack('s3').template.Outputs ?? {}), ['AttachmentsBucketName', 'ExportsBucketName']);
  });

  it('sends unknown paths of an app to its index, files to their own', () => {
    const { property, stack } = compiled(taskManager());
    const source = String(property('amplify', 'App', 'CustomRules', 0, 'Source'));
    const rule = new RegExp(source.slice(2, -2));
    for (const path of ['/', '/tasks', '/tasks/a1', '/v1.2']) assert.match(path, rule);
    for (const path of ['/app.js', '/a/b.css', '/font.woff2', '/icon.svg', '/index.html.map'])
      assert.doesNotMatch(path, rule);
    assert.deepEqual(Object.keys(stack('amplify').template.Outputs ?? {}), ['AppId', 'BranchName', 'DefaultDomain']);
    assert.equal(property('amplify', 'App', 'Repository'), undefined);
  });
});

describe('names', () => {
  it('are cut to the limit with a hash, so that two that begin alike stay apart', () => {
    assert.equal(fitting('short', 64), 'short');
    assert.equal(fitting('x'.repeat(64), 64).length, 64);
    const [one, two] = ['1', '2'].map((end) => fitting(`${'x'.repeat(70)}${end}`, 64));
    assert.equal(one?.length, 64);
    assert.notEqual(one, two);
    assert.match(fitting(`${'x'.repeat(54)}-----${'y'.repeat(20)}`, 64), /x-[0-9a-f]{8}$/);
  });

  it('of stacks fit CloudFormation, of handlers say what they do', () => {
    for (const { name } of compiled(blog()).stacks) assert.match(name, /^[a-zA-Z][-a-zA-Z0-9]{0,127}$/);
    assert.ok(stackName({ slug: 's'.repeat(64), environment: 'e'.repeat(64) }, 'eventbridge').length <= 128);
    assert.equal(handlerLabel('list', { name: 'lineItem', plural: 'line-items' }), 'list-line-items-handler');
    assert.equal(handlerLabel('get', { name: 'lineItem', plural: 'line-items' }), 'get-line-item-handler');
  });
});

describe('the graph', () => {
  it('names present layers only', () => {
    assert.deepEqual(dependenciesOf('amplify', {}, new Set(['amplify', 'api'])), ['api']);
    assert.deepEqual(
      dependenciesOf('api', { A: { from: 'output', layer: 'cognito', output: 'A' } }, new Set(['lambda', 'cognito'])),
      ['cognito', 'lambda'],
    );
    assert.deepEqual(dependenciesOf('lambda', { A: { from: 'artifact-bucket' } }, new Set(['cognito'])), []);
  });

  it('has no order when it goes in a circle', () => {
    const circle = [
      { layer: 'api', dependsOn: ['lambda'] },
      { layer: 'lambda', dependsOn: ['api'] },
    ] as const;
    assert.throws(
      () => deploymentOrder(circle.map(({ layer, dependsOn }) => ({ layer, dependsOn: [...dependsOn] }))),
      /depend on each other/,
    );
  });
});
