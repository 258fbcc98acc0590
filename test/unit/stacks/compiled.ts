import assert from 'node:assert/strict';
import type { Blueprint } from '../../../src/blueprint/blueprint.ts';
import { compile } from '../../../src/stacks/compile.ts';
import type { Compilation, CompileOptions, Layer, Stack } from '../../../src/stacks/stack.ts';
import type { TemplateResource, TemplateValue } from '../../../src/stacks/template.ts';
import { codeOf } from '../../builders/example-blueprints.ts';

/** A compilation as tests look at it. */
export interface Compiled extends Compilation {
  /** The stack of a layer, which must be there. */
  stack(layer: Layer): Stack;
  /** A resource of a layer, which must be there. */
  resource(layer: Layer, id: string): TemplateResource;
  /** A property, or what is inside it, of a resource: `property('lambda', 'HealthFunction', 'Code', 'S3Key')`. */
  property(layer: Layer, id: string, ...path: (string | number)[]): TemplateValue | undefined;
  /** The statements of a function's role, as `action resource`, without the log group. */
  permissions(stem: string): string[];
  codes: string[];
}

export function compiled(blueprint: Blueprint, options: Partial<CompileOptions> = {}): Compiled {
  const compilation = compile(blueprint, { environment: 'dev', code: codeOf(blueprint), ...options });
  const stack = (layer: Layer) => {
    const found = compilation.stacks.find((candidate) => candidate.layer === layer);
    assert.ok(found, `no stack for ${layer}`);
    return found;
  };
  const resource = (layer: Layer, id: string) => {
    const found = stack(layer).template.Resources[id];
    assert.ok(found, `no ${id} in ${layer}: ${Object.keys(stack(layer).template.Resources).join(', ')}`);
    return found;
  };
  const property: Compiled['property'] = (layer, id, ...path) => inside(resource(layer, id).Properties, path);
  return {
    ...compilation,
    stack,
    resource,
    property,
    permissions(stem) {
      const statements = property('lambda', `${stem}Role`, 'Policies', 0, 'PolicyDocument', 'Statement');
      assert.ok(Array.isArray(statements));
      return statements
        .flatMap((statement) => {
          const actions = list(inside(statement, ['Action']));
          return list(inside(statement, ['Resource'])).flatMap((target) =>
            actions.map((action) => `${action} ${short(inside(target, ['Fn::Sub']))}`),
          );
        })
        .filter((permission) => !permission.startsWith('logs:'))
        .sort();
    },
    codes: compilation.problems.map(({ code }) => code),
  };
}

function inside(value: TemplateValue | undefined, path: readonly (string | number)[]): TemplateValue | undefined {
  let here: TemplateValue | undefined = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    if (Array.isArray(here)) here = typeof step === 'number' ? here[step] : undefined;
    else here = here[String(step)];
  }
  return here;
}

function list(value: TemplateValue | undefined): TemplateValue[] {
  assert.ok(Array.isArray(value));
  return value;
}

/** `table/{TasksTableName}` instead of the whole ARN. */
function short(arn: TemplateValue | undefined): string {
  return String(arn)
    .replace(/^arn:\$\{AWS::Partition\}:[a-z0-9-]+:(\$\{AWS::Region\}:\$\{AWS::AccountId\}|:):?/, '')
    .replaceAll('${', '{');
}
