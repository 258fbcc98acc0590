import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import * as z from 'zod';
import type { Blueprint } from '../../../src/blueprint/blueprint.ts';
import { compile } from '../../../src/stacks/compile.ts';
import { deletionOrder, deploymentOrder } from '../../../src/stacks/graph.ts';
import type { Stack } from '../../../src/stacks/stack.ts';
import type { TemplateResource, TemplateValue } from '../../../src/stacks/template.ts';
import { anyBlueprint } from '../../builders/blueprint-arbitrary.ts';
import { codeOf, examples } from '../../builders/example-blueprints.ts';
import { referencesOf } from './template-references.ts';

const factsSchema = z.record(
  z.string(),
  z.object({ properties: z.array(z.string()), required: z.array(z.string()), readOnly: z.array(z.string()) }),
);
const { $comment: _, ...rawFacts } = z
  .record(z.string(), z.unknown())
  .parse(JSON.parse(readFileSync(new URL('../../fixtures/resource-facts.json', import.meta.url), 'utf8')));
const facts = factsSchema.parse(rawFacts);

/** GetAtt attributes that the registry does not list as read-only properties. */
const alsoReadable: Record<string, string[]> = { 'AWS::SQS::Queue': ['QueueName'] };

const protectedTypes = ['AWS::DynamoDB::Table', 'AWS::Cognito::UserPool', 'AWS::S3::Bucket'];

function stacksOf(blueprint: Blueprint): Stack[] {
  const { stacks, problems } = compile(blueprint, { environment: 'dev', code: codeOf(blueprint) });
  assert.deepEqual(problems, []);
  return stacks;
}

function resourcesOf(stacks: readonly Stack[]): [id: string, resource: TemplateResource][] {
  return stacks.flatMap((stack) => Object.entries(stack.template.Resources));
}

/** Holds for the examples, and for whatever Blueprint comes along. */
function holds(check: (stacks: Stack[], blueprint: Blueprint) => void): void {
  for (const make of Object.values(examples)) {
    const example = make();
    check(stacksOf(example), example);
  }
  fc.assert(
    fc.property(anyBlueprint, (blueprint) => check(stacksOf(blueprint), blueprint)),
    { numRuns: 80, endOnFailure: true },
  );
}

describe('the stacks of every Blueprint', () => {
  it('are JSON of their templates, with nothing lost', () => {
    holds((stacks) => {
      for (const stack of stacks) assert.equal(stack.body, JSON.stringify(stack.template));
    });
  });

  it('refer only to what their template holds', () => {
    holds((stacks) => {
      for (const { template } of stacks) {
        for (const { kind, target, attribute } of referencesOf(template)) {
          if (target.startsWith('AWS::')) continue;
          if (kind === 'Condition') assert.ok(template.Conditions?.[target], `condition ${target}`);
          else if (kind === 'Ref')
            assert.ok(template.Resources[target] ?? template.Parameters?.[target], `Ref ${target}`);
          else {
            const type = template.Resources[target]?.Type ?? '';
            const readable = [...(facts[type]?.readOnly ?? []), ...(alsoReadable[type] ?? [])];
            assert.ok(readable.includes(attribute ?? ''), `GetAtt ${target}.${attribute} of ${type}`);
          }
        }
      }
    });
  });

  it('use every parameter they declare, and fill each from an output of a layer they wait for', () => {
    holds((stacks) => {
      const byLayer = new Map(stacks.map((stack) => [stack.layer, stack]));
      for (const { template, parameters, dependsOn, layer } of stacks) {
        assert.deepEqual(Object.keys(parameters), Object.keys(template.Parameters ?? {}));
        const used = new Set(referencesOf(template).map(({ target }) => target));
        for (const [name, source] of Object.entries(parameters)) {
          assert.ok(used.has(name), `${layer} does not use ${name}`);
          if (source.from !== 'output') continue;
          assert.ok(dependsOn.includes(source.layer), `${layer} does not wait for ${source.layer}`);
          assert.ok(
            byLayer.get(source.layer)?.template.Outputs?.[source.output],
            `${source.layer} lacks ${source.output}`,
          );
        }
        for (const needed of dependsOn) assert.ok(byLayer.has(needed));
      }
    });
  });

  it('come in an order in which each has what it needs, and go in the opposite one', () => {
    holds((stacks) => {
      const done = new Set<string>();
      for (const stack of deploymentOrder([...stacks].reverse())) {
        for (const needed of stack.dependsOn) assert.ok(done.has(needed), `${stack.layer} before ${needed}`);
        done.add(stack.layer);
      }
      assert.equal(done.size, stacks.length);
      const gone = new Set<string>();
      for (const stack of deletionOrder(stacks)) {
        for (const needed of stack.dependsOn) assert.ok(!gone.has(needed), `${needed} is gone before ${stack.layer}`);
        gone.add(stack.layer);
      }
    });
  });

  it('have the properties that their types know, and none that is read-only', () => {
    holds((stacks) => {
      for (const [id, { Type, Properties }] of resourcesOf(stacks)) {
        const fact = facts[Type];
        assert.ok(fact, `no facts about ${Type}`);
        for (const name of Object.keys(Properties)) {
          assert.ok(fact.properties.includes(name), `${id}: ${Type} has no ${name}`);
          assert.ok(!fact.readOnly.includes(name), `${id}: ${name} of ${Type} is read-only`);
        }
        for (const name of fact.required) assert.ok(name in Properties, `${id}: ${Type} needs ${name}`);
      }
    });
  });

  it('say of every resource what it is and where it comes from', () => {
    holds((stacks) => {
      for (const [id, { Metadata }] of resourcesOf(stacks)) {
        assert.match(Metadata?.Backdrift.label ?? '', /^\S.*$/, id);
        assert.match(Metadata?.Backdrift.source ?? '', /^[a-z]/, id);
      }
    });
  });

  it('keep what holds data, whatever becomes of the stack', () => {
    holds((stacks) => {
      for (const [id, resource] of resourcesOf(stacks)) {
        if (!protectedTypes.includes(resource.Type)) continue;
        assert.equal(resource.DeletionPolicy, 'Retain', id);
        assert.equal(resource.UpdateReplacePolicy, 'Retain', id);
        const protection = resource.Properties.DeletionProtectionEnabled ?? resource.Properties.DeletionProtection;
        if (resource.Type !== 'AWS::S3::Bucket') assert.ok(protection === true || protection === 'ACTIVE', id);
      }
    });
  });

  it('give roles named actions on named resources only', () => {
    holds((stacks) => {
      for (const [id, { Type, Properties }] of resourcesOf(stacks)) {
        if (Type !== 'AWS::IAM::Role') continue;
        for (const statement of statementsOf(Properties)) {
          for (const action of statement.Action) {
            assert.match(action, /^[a-z0-9-]+:[A-Za-z]+$/, id);
            assert.doesNotMatch(action, /^(iam|sts):|:CreateLogGroup$/, id);
          }
          for (const { 'Fn::Sub': resource } of statement.Resource) {
            assert.match(resource, /^arn:\$\{AWS::Partition\}:[a-z0-9-]+:/, id);
            // A star may only stand for what is inside one named thing: streams of a log group, objects, versions.
            const stars = resource.replace(
              /:log-group:[^:*]+:\*$|:s3:::\$\{\w+\}\/(?:files\/)?\*$|:function:[^:*]+:\*$/,
              '',
            );
            assert.doesNotMatch(stars, /\*/, id);
          }
        }
      }
    });
  });

  it('give roles data by its own name: a table or an index, a bucket, a queue, the pool', () => {
    const forms: Record<string, RegExp> = {
      'cognito-idp': /^userpool\/\$\{UserPoolId\}$/,
      dynamodb: /^table\/\$\{\w+TableName\}(?:\/index\/[A-Za-z0-9_.-]+)?$/,
      lambda: /^function:[a-z0-9-]+:(?:\*|live)$/,
      s3: /^\$\{\w+BucketName\}(?:\/(?:files\/)?\*)?$/,
      logs: /^log-group:\/aws\/lambda\/[a-z0-9-]+:\*$/,
      sqs: /^\$\{\w+Name\}$/,
    };
    holds((stacks) => {
      for (const [id, { Type, Properties }] of resourcesOf(stacks)) {
        if (Type !== 'AWS::IAM::Role') continue;
        const seen = new Set<string>();
        for (const { Action, Resource, Condition } of statementsOf(Properties)) {
          for (const { 'Fn::Sub': resource } of Resource) {
            const [, service = '', place, named = ''] =
              /^arn:\$\{AWS::Partition\}:([a-z0-9-]+):(\$\{AWS::Region\}:\$\{AWS::AccountId\}|:)(?::|(?=\$))(.*)$/.exec(
                resource,
              ) ?? [];
            assert.match(named, forms[service] ?? /^nothing else$/, `${id}: ${resource}`);
            // Buckets are the account's, whatever it is: their names are all the world's.
            assert.equal(place === ':', service === 's3', `${id}: ${resource}`);
            for (const action of Action) {
              assert.equal(action.split(':')[0], service, `${id}: ${action} on ${resource}`);
              const right = `${action} ${resource} ${JSON.stringify(Condition)}`;
              assert.ok(!seen.has(right), `${id} has ${right} twice`);
              seen.add(right);
            }
          }
        }
      }
    });
  });

  it('give functions rights on the tables and buckets that their environment names, and on no others', () => {
    holds((stacks) => {
      const resources = new Map(resourcesOf(stacks));
      for (const [id, { Type, Properties }] of resources) {
        if (Type !== 'AWS::Lambda::Function') continue;
        const named = (text: string) => [...new Set(text.match(/\w+(?:Table|Bucket)Name(?=["}])/g))].sort();
        const role = resources.get(id.replace(/Function$/, 'Role'));
        assert.deepEqual(
          named(JSON.stringify(role?.Properties.Policies)),
          named(JSON.stringify(Properties.Environment ?? {})),
          id,
        );
      }
    });
  });

  it('give every function a role and a log group of its own', () => {
    holds((stacks) => {
      const roles = new Set<string>();
      for (const [id, { Type, Properties }] of resourcesOf(stacks)) {
        if (Type !== 'AWS::Lambda::Function') continue;
        const role = JSON.stringify(Properties.Role);
        assert.ok(!roles.has(role), id);
        roles.add(role);
        assert.match(String(Properties.FunctionName), /^[a-z0-9-]{1,64}$/);
      }
    });
  });

  it('let each route’s function be called by that route and nothing else', () => {
    holds((stacks) => {
      const names = new Set<TemplateValue | undefined>();
      for (const [, { Type, Properties }] of resourcesOf(stacks)) {
        if (Type === 'AWS::Lambda::Function') names.add(Properties.FunctionName);
      }
      const permissions = resourcesOf(stacks).filter(([, { Type }]) => Type === 'AWS::Lambda::Permission');
      for (const [id, { Properties }] of permissions) {
        assert.ok(names.has(Properties.FunctionName), `${id}: there is no function ${Properties.FunctionName}`);
        assert.match(JSON.stringify(Properties.SourceArn), /\$\{RestApi\}\/api\/(GET|POST|PUT|PATCH|DELETE)\//, id);
      }
    });
  });
});

const documentSchema = z.object({
  PolicyDocument: z.object({
    Statement: z.array(
      z.strictObject({
        Effect: z.literal('Allow'),
        Action: z.array(z.string()).min(1),
        Resource: z.array(z.strictObject({ 'Fn::Sub': z.string() })).min(1),
        // A bucket is listed as far as the API keeps files in it.
        Condition: z
          .strictObject({ StringLike: z.strictObject({ 's3:prefix': z.literal('files/*') }) })
          .exactOptional(),
      }),
    ),
  }),
});

function statementsOf(properties: TemplateResource['Properties']) {
  return z
    .array(documentSchema)
    .parse(properties.Policies)
    .flatMap((policy) => policy.PolicyDocument.Statement);
}
