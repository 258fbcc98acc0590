import type { TemplateResource, TemplateValue } from '../stacks/template.ts';
import type { PropertyPath } from './property-difference.ts';
import table from './replacement.json' with { type: 'json' };

/**
 * What changing a property does to the resource that exists: changed as it stands; deleted and made anew; either,
 * depending on values; refused by the service; not known for this type.
 */
export type Impact = 'in-place' | 'replace' | 'may-replace' | 'refused' | 'unknown';

/** Facts about a resource type. Property names are top-level, nested ones joined with dots, list positions left out. */
interface TypeFacts {
  /** Holds data that a replacement loses. */
  stateful?: boolean;
  replace?: readonly string[];
  mayReplace?: readonly string[];
  nestedReplace?: readonly string[];
  nestedMayReplace?: readonly string[];
  /** The registry calls these updatable; the service's own documentation says that they are fixed at creation. */
  refused?: readonly string[];
  /** The property that gives the resource a name of one's own. */
  name?: string;
}

/**
 * From CloudFormation's resource type registry (`createOnlyProperties`), corrected where the user guide's "Update
 * requires" and Terraform's ForceNew contradict it.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
const facts: ReadonlyMap<string, TypeFacts> = new Map(Object.entries<TypeFacts>(table));

/** Whether resources of this type hold data of the user's. */
export function isStateful(type: string): boolean {
  return facts.get(type)?.stateful === true;
}

/** The property that names a resource of this type, where there is one. */
export function nameProperty(type: string): string | undefined {
  return facts.get(type)?.name;
}

/** What a difference at `path` does to a resource that is there. */
export function impactOf(
  path: PropertyPath,
  before: TemplateResource,
  after: TemplateResource,
  present: { before: boolean; after: boolean },
): Impact {
  const type = after.Type;
  const known = facts.get(type);
  if (known === undefined) return 'unknown';
  const special = specialImpact(path, before, present);
  if (special !== undefined) return special;
  const [property = ''] = path;
  if (known.refused?.includes(property)) return 'refused';
  if (known.replace?.includes(property)) return 'replace';
  const nested = path.filter((step) => !step.startsWith('[')).join('.');
  if (known.nestedReplace?.some((below) => isWithin(nested, below))) return 'replace';
  if (known.nestedMayReplace?.some((below) => isWithin(nested, below))) return 'may-replace';
  return known.mayReplace?.includes(property) ? 'may-replace' : 'in-place';
}

/** Rules that need more than the name of a property. */
function specialImpact(
  path: PropertyPath,
  before: TemplateResource,
  present: { before: boolean; after: boolean },
): Impact | undefined {
  const [property, member, below] = path;
  switch (`${before.Type} ${property}`) {
    case 'AWS::DynamoDB::Table GlobalSecondaryIndexes':
      // "Updates are not supported" for the keys and the projection of an index that exists.
      return below === 'KeySchema' || below === 'Projection' ? 'refused' : 'in-place';
    case 'AWS::DynamoDB::Table AttributeDefinitions':
      if (below !== 'AttributeType') return 'in-place';
      return isInKey(before.Properties.KeySchema, member) ? 'replace' : 'refused';
    case 'AWS::Cognito::UserPool Schema':
      // Attributes may be added; one that exists can neither be changed nor removed.
      return member !== undefined && below === undefined && !present.before ? 'in-place' : 'refused';
    case 'AWS::Lambda::Function DurableConfig':
      // Durable execution is chosen when a function is created. https://docs.aws.amazon.com/lambda/latest/dg/durable-configuration.html
      return member === undefined ? 'refused' : 'in-place';
    default:
      return undefined;
  }
}

function isInKey(schema: TemplateValue | undefined, member: string | undefined): boolean {
  if (!Array.isArray(schema)) return false;
  return schema.some(
    (key) =>
      typeof key === 'object' && key !== null && !Array.isArray(key) && `[${String(key.AttributeName)}]` === member,
  );
}

function isWithin(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}.`);
}
