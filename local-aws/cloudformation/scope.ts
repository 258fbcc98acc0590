import { conditionLookup } from './conditions.ts';
import { knownAfterApply, type Scope } from './evaluate.ts';
import { isPseudoParameter, pseudoParameter, type StackPlace } from './pseudo-parameters.ts';
import { validationError } from './service-error.ts';
import { exists, type ResourceInstance } from './stack.ts';
import type { ParameterValues } from './template/parameters.ts';
import type { Template } from './template/template.ts';

export interface ScopeSources {
  readonly place: StackPlace;
  readonly template: Template;
  readonly parameters: ParameterValues;
  /** A resource as it is now, or undefined when there is none yet. */
  resource(logicalId: string): ResourceInstance | undefined;
  /** The value of another stack's export. */
  exported(name: string): string | undefined;
  /** Told the name of every export that is used. */
  onImport?(name: string): void;
  /** For change sets: what is not there yet is unknown rather than wrong. */
  readonly preview?: boolean;
}

/** The scope in which a stack's template is evaluated. */
export function stackScope(sources: ScopeSources): Scope {
  const { place, template, parameters, preview } = sources;
  const instance = (logicalId: string) => {
    const found = sources.resource(logicalId);
    return found && exists(found) ? found : undefined;
  };
  const unresolved = (name: string) =>
    validationError(
      `Template format error: Unresolved resource dependencies [${name}] in the Resources block of the template`,
    );
  const scope: Omit<Scope, 'holds'> = {
    ref(name) {
      if (isPseudoParameter(name)) return pseudoParameter(name, place);
      const parameter = parameters.get(name);
      if (parameter) return parameter.value;
      const found = instance(name);
      if (found) return found.ref ?? found.physicalId;
      if (preview && template.resources.has(name)) return knownAfterApply;
      throw unresolved(name);
    },
    attribute(logicalId, attribute) {
      const found = instance(logicalId);
      if (!found) {
        if (preview && template.resources.has(logicalId)) return knownAfterApply;
        throw unresolved(logicalId);
      }
      const value = Object.hasOwn(found.attributes, attribute) ? found.attributes[attribute] : undefined;
      if (value === undefined) {
        throw validationError(
          `Template error: resource ${logicalId} does not support attribute type ${attribute} in Fn::GetAtt`,
        );
      }
      return value;
    },
    mapping: (name) => template.mappings.get(name),
    importValue(name) {
      const value = sources.exported(name);
      if (value === undefined) throw validationError(`No export named ${name} found.`);
      sources.onImport?.(name);
      return value;
    },
    availabilityZones: (region) => ['a', 'b', 'c'].map((zone) => `${region || place.region}${zone}`),
  };
  return { ...scope, holds: conditionLookup(template, scope) };
}
