import { isSupportedFunction } from '../evaluate.ts';
import { cycle, dependencyGraph } from '../graph.ts';
import { isObject, type Json } from '../json.ts';
import { isPseudoParameter } from '../pseudo-parameters.ts';
import { asFunction, conditionNames, type Reference, references } from '../references.ts';
import { mayExist, resourceSchema } from '../resource-schema.ts';
import { validationError } from '../service-error.ts';
import type { Template } from './template.ts';

/**
 * Checks what a template's parts say of each other: limits, types, references, conditions, cycles.
 * @throws ServiceError ValidationError in the service's words.
 */
export function validateTemplate(template: Template): void {
  checkLimits(template);
  checkTransforms(template);
  checkTypes(template);
  checkFunctions(template);
  checkConditions(template);
  checkReferences(template);
  const stuck = cycle(dependencyGraph(template.resources));
  if (stuck.length > 0) throw validationError(`Circular dependency between resources: [${stuck.join(', ')}]`);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
function checkLimits(template: Template): void {
  const counts = [
    ['resources', template.resources.size, 500],
    ['parameters', template.parameters.size, 200],
    ['outputs', template.outputs.size, 200],
    ['mappings', template.mappings.size, 200],
  ] as const;
  for (const [section, count, maximum] of counts) {
    if (count > maximum) {
      throw validationError(
        `Template format error: Number of ${section}, ${count}, is greater than maximum allowed, ${maximum}`,
      );
    }
  }
}

function checkTransforms(template: Template): void {
  for (const transform of template.transforms) {
    if (transform !== 'AWS::LanguageExtensions') {
      throw validationError(
        `Local AWS does not run the transform ${transform}: deploy the processed template instead.`,
      );
    }
  }
}

function checkTypes(template: Template): void {
  const types = new Set([...template.resources.values()].map((resource) => resource.type));
  if (types.has('AWS::CloudFormation::Stack')) {
    throw validationError(
      'Local AWS does not make nested stacks (AWS::CloudFormation::Stack): deploy the inner stack by itself.',
    );
  }
  const unknown = [...types].filter((type) => !mayExist(type));
  if (unknown.length > 0) {
    throw validationError(`Template format error: Unrecognized resource types: [${unknown.join(', ')}]`);
  }
}

function checkFunctions(template: Template): void {
  const visit = (value: Json): void => {
    if (typeof value !== 'object' || value === null) return;
    const call = isObject(value) ? asFunction(value) : undefined;
    if (call && call.name !== 'Ref' && !isSupportedFunction(call.name)) {
      throw validationError(`Template error: encountered unsupported function: ${call.name}`);
    }
    for (const item of Object.values(value)) visit(item);
  };
  for (const condition of template.conditions.values()) visit(condition);
  for (const resource of template.resources.values()) visit(resource.properties);
  for (const output of template.outputs.values()) visit(output.value);
}

function checkConditions(template: Template): void {
  const check = (name: string, block: string) => {
    if (!template.conditions.has(name)) {
      throw validationError(
        `Template format error: Unresolved condition dependency ${name} in the ${block} block of the template`,
      );
    }
  };
  for (const resource of template.resources.values()) {
    if (resource.condition !== undefined) check(resource.condition, 'Resources');
    for (const name of conditionNames(resource.properties)) check(name, 'Resources');
  }
  for (const output of template.outputs.values()) {
    if (output.condition !== undefined) check(output.condition, 'Outputs');
    for (const name of conditionNames(output.value)) check(name, 'Outputs');
  }
  const wrong = [...template.conditions.values()]
    .flatMap((condition) => [...references(condition)])
    .filter(({ name }) => !template.parameters.has(name) && !isPseudoParameter(name));
  if (wrong.length > 0) {
    throw validationError(
      `Template format error: Unresolved dependencies [${names(wrong)}]. Cannot reference resources in the Conditions block of the template`,
    );
  }
}

function checkReferences(template: Template): void {
  for (const resource of template.resources.values()) {
    checkBlock(template, 'Resources', [...references(resource.properties)]);
    const notResource = resource.dependsOn.filter((name) => !template.resources.has(name));
    if (notResource.length > 0) {
      throw validationError(
        `Template format error: Unresolved resource dependencies [${notResource.join(', ')}] in the Resources block of the template`,
      );
    }
  }
  for (const output of template.outputs.values()) {
    checkBlock(template, 'Outputs', [...references(output.value), ...references(output.exportName ?? null)]);
  }
}

function checkBlock(template: Template, block: 'Resources' | 'Outputs', found: readonly Reference[]): void {
  const unresolved = found.filter(
    ({ name }) => !template.resources.has(name) && !template.parameters.has(name) && !isPseudoParameter(name),
  );
  if (unresolved.length > 0) {
    throw validationError(
      `Template format error: Unresolved resource dependencies [${names(unresolved)}] in the ${block} block of the template`,
    );
  }
  for (const { name, attribute } of found) {
    if (attribute === undefined) continue;
    const resource = template.resources.get(name);
    if (!resource)
      throw validationError(`Template error: instance of Fn::GetAtt references undefined resource ${name}`);
    const schema = resourceSchema(resource.type);
    const top = attribute.split('.')[0] ?? attribute;
    if (schema && !schema.readOnly.some((path) => path.split('.')[0] === top) && !schema.properties.includes(top)) {
      throw validationError(
        `Template error: resource ${name} does not support attribute type ${attribute} in Fn::GetAtt`,
      );
    }
  }
}

function names(found: readonly Reference[]): string {
  return [...new Set(found.map(({ name }) => name))].join(', ');
}
