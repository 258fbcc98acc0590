import type { Template, TemplateResource, TemplateValue } from '../stacks/template.ts';
import { activeResources, conditionsOf, mentionsCondition, withConditions } from './conditions.ts';
import { type PropertyPath, rememberSame, sameValue, valueDifferences, wereSame } from './property-difference.ts';
import { referencesIn, withParameters } from './references.ts';
import { type Impact, impactOf, isStateful, nameProperty } from './replacement.ts';

/** What an update from one template to another does, as facts: nothing here says whether that is wise. */
export interface TemplateDiff {
  /** In the order of the new template, what is deleted at the end. Resources that stay as they are are left out. */
  resources: ResourceDifference[];
  /** Names of outputs that are new, gone or of another value. */
  outputs: string[];
}

export interface ResourceDifference {
  action: 'create' | 'update' | 'replace' | 'delete';
  logicalId: string;
  type: string;
  before?: TemplateResource;
  after?: TemplateResource;
  /** For update and replace. */
  properties: PropertyDifference[];
  /** Of Type, Condition, DeletionPolicy, UpdateReplacePolicy and Metadata, those that differ. */
  attributes: ResourceAttribute[];
  /** Values that only the service can judge decide whether the resource is replaced. */
  mayReplace?: true;
  /**
   * CloudFormation or the service will not do it: a property that is fixed at creation; a replacement under the same
   * name of one's own; another type under the same logical id.
   */
  refused?: 'fixed-property' | 'same-name' | 'other-type';
  /** Deleted or replaced in the template, and left in the account with all that it holds. */
  retained?: true;
  /** Whether there will be such a resource hangs on a condition that nobody can tell yet. */
  uncertain?: true;
  /** Holds data of the user's. */
  stateful: boolean;
}

export interface PropertyDifference {
  path: PropertyPath;
  before?: TemplateValue;
  after?: TemplateValue;
  impact: Impact;
  /** The text is the same, but it names this resource, which is replaced. */
  because?: string;
}

const attributeNames = ['Type', 'Condition', 'DeletionPolicy', 'UpdateReplacePolicy'] as const;
/** CloudFormation updates a resource also where nothing but its metadata differs; it says nothing of what it waits for. */
export type ResourceAttribute = (typeof attributeNames)[number] | 'Metadata';

/** Values of parameters, as far as they are known on a side. One that is known before and not after counts as unchanged. */
export interface KnownParameters {
  before?: Readonly<Record<string, string>>;
  after?: Readonly<Record<string, string>>;
}

/** Compares two templates of one stack; an absent one is a stack that does not exist. */
export function diffTemplates(
  before: Template | undefined,
  after: Template | undefined,
  parameters: KnownParameters = {},
): TemplateDiff {
  const known = knownValues(before, after, parameters);
  const conditions = {
    before: before ? conditionsOf(before, known.before) : noConditions,
    after: after ? conditionsOf(after, known.after) : noConditions,
  };
  const left = before ? activeResources(before, conditions.before) : {};
  const right = after ? activeResources(after, conditions.after) : {};
  const changed = { ...changedParameters(known), conditions: changedConditions(conditions) };
  const resources = new Map<string, ResourceDifference>();
  for (const logicalId of Object.keys(right)) {
    const difference = resourceDifference(logicalId, own(left, logicalId), own(right, logicalId), changed);
    if (difference) resources.set(logicalId, hangsOn(conditions.after, difference));
  }
  if (before !== undefined && after !== undefined) followReplacements(resources, left, right);
  for (const logicalId of Object.keys(left)) {
    const gone = own(left, logicalId);
    if (gone && !Object.hasOwn(right, logicalId)) resources.set(logicalId, deletion(logicalId, gone));
  }
  return { resources: [...resources.values()], outputs: changedOutputs(before, after) };
}

function resourceDifference(
  logicalId: string,
  before: TemplateResource | undefined,
  after: TemplateResource | undefined,
  changed: Changed,
): ResourceDifference | undefined {
  if (after === undefined) return undefined;
  if (before === undefined) return { ...facts('create', logicalId, after), after };
  const nothingElse = changed.after.size === 0 && changed.conditions.after.size === 0;
  if (nothingElse && wereSame(before, after)) return undefined;
  const attributes = changedAttributes(before, after);
  const parametrized = mentions(before, changed) || mentions(after, changed);
  if (attributes.length === 0 && !parametrized && sameValue(before.Properties, after.Properties)) {
    rememberSame(before, after);
    return undefined;
  }
  const properties = propertyDifferences(before, after, parametrized ? changed : undefined);
  if (properties.length === 0 && attributes.length === 0) return undefined;
  return judged({ ...facts('update', logicalId, after), before, after, properties, attributes });
}

function hangsOn(
  conditions: ReadonlyMap<string, boolean | undefined>,
  difference: ResourceDifference,
): ResourceDifference {
  const condition = difference.after?.Condition;
  const unknown = condition !== undefined && conditions.has(condition) && conditions.get(condition) === undefined;
  return unknown && difference.action === 'create' ? { ...difference, uncertain: true } : difference;
}

function changedAttributes(before: TemplateResource, after: TemplateResource): ResourceAttribute[] {
  const attributes: ResourceAttribute[] = attributeNames.filter((name) => before[name] !== after[name]);
  const [one, other] = [before.Metadata?.Backdrift, after.Metadata?.Backdrift];
  if (one?.label !== other?.label || one?.source !== other?.source) attributes.push('Metadata');
  return attributes;
}

function propertyDifferences(
  before: TemplateResource,
  after: TemplateResource,
  changed: Changed | undefined,
): PropertyDifference[] {
  const [left, right] = changed
    ? [
        writtenOut(before.Properties, changed.before, changed.conditions.before),
        writtenOut(after.Properties, changed.after, changed.conditions.after),
      ]
    : [before.Properties, after.Properties];
  return valueDifferences(left, right).map((difference) => ({
    ...difference,
    impact: impactOf(difference.path, before, after, {
      before: difference.before !== undefined,
      after: difference.after !== undefined,
    }),
  }));
}

/** Decides what the differences of a resource that stays amount to. */
function judged(difference: ResourceDifference & { before: TemplateResource; after: TemplateResource }) {
  const { before, after, properties, attributes, type } = difference;
  const otherType = attributes.includes('Type');
  const replaced = otherType || properties.some(({ impact }) => impact === 'replace');
  const refused = otherType
    ? 'other-type'
    : properties.some(({ impact }) => impact === 'refused')
      ? 'fixed-property'
      : replaced && keepsItsName(type, before, after)
        ? 'same-name'
        : undefined;
  const result: ResourceDifference = { ...difference, action: replaced ? 'replace' : 'update' };
  if (refused !== undefined) result.refused = refused;
  if (!replaced && properties.some(({ impact }) => impact === 'may-replace')) result.mayReplace = true;
  if (replaced && before.UpdateReplacePolicy === 'Retain') result.retained = true;
  return result;
}

/** CloudFormation makes the new resource before it deletes the old one, so both cannot have one name. */
function keepsItsName(type: string, before: TemplateResource, after: TemplateResource): boolean {
  const property = nameProperty(type);
  if (property === undefined) return false;
  const name = own(after.Properties, property);
  return name !== undefined && sameValue(own(before.Properties, property), name);
}

/** A replaced resource has a new id, so whatever names it changes too, and may be replaced in its turn. */
function followReplacements(
  resources: Map<string, ResourceDifference>,
  left: Template['Resources'],
  right: Template['Resources'],
): void {
  const queue = [...resources.values()].filter(({ action }) => action === 'replace').map(({ logicalId }) => logicalId);
  const users = queue.length > 0 ? usersOf(right) : new Map<string, string[]>();
  for (const replaced of queue) {
    for (const user of users.get(replaced) ?? []) {
      const [before, after] = [own(left, user), own(right, user)];
      const found = resources.get(user);
      if (!before || !after || found?.action === 'create') continue;
      const added = followingDifferences(replaced, before, after, found?.properties ?? []);
      if (added.length === 0) continue;
      const base = found ?? facts('update', user, after);
      const difference = judged({ ...base, before, after, properties: [...base.properties, ...added] });
      resources.set(user, difference);
      if (difference.action === 'replace' && found?.action !== 'replace') queue.push(user);
    }
  }
}

function followingDifferences(
  replaced: string,
  before: TemplateResource,
  after: TemplateResource,
  known: readonly PropertyDifference[],
): PropertyDifference[] {
  return Object.entries(after.Properties).flatMap(([property, value]) => {
    if (known.some(({ path }) => path[0] === property) || !referencesIn(value).has(replaced)) return [];
    const present = { before: true, after: true };
    return [{ path: [property], impact: impactOf([property], before, after, present), because: replaced }];
  });
}

function usersOf(resources: Template['Resources']): Map<string, string[]> {
  const users = new Map<string, string[]>();
  for (const [logicalId, resource] of Object.entries(resources)) {
    for (const used of referencesIn(resource.Properties)) users.set(used, [...(users.get(used) ?? []), logicalId]);
  }
  return users;
}

function deletion(logicalId: string, before: TemplateResource): ResourceDifference {
  const kept = before.DeletionPolicy === 'Retain' || before.DeletionPolicy === 'RetainExceptOnCreate';
  return { ...facts('delete', logicalId, before), before, ...(kept ? { retained: true } : {}) };
}

function facts(
  action: ResourceDifference['action'],
  logicalId: string,
  resource: TemplateResource,
): ResourceDifference {
  return {
    action,
    logicalId,
    type: resource.Type,
    properties: [],
    attributes: [],
    stateful: isStateful(resource.Type),
  };
}

function changedOutputs(before: Template | undefined, after: Template | undefined): string[] {
  const [left, right] = [before?.Outputs ?? {}, after?.Outputs ?? {}];
  return [...new Set([...Object.keys(right), ...Object.keys(left)])].filter((name) => {
    const [one, other] = [own(left, name), own(right, name)];
    return one === undefined || other === undefined || !sameValue(one.Value, other.Value);
  });
}

/** Parameters and conditions with another value than before, by side. */
interface Changed {
  before: ReadonlyMap<string, string>;
  after: ReadonlyMap<string, string>;
  conditions: { before: ReadonlyMap<string, boolean>; after: ReadonlyMap<string, boolean> };
}

const noConditions: ReadonlyMap<string, boolean | undefined> = new Map();

interface Sides<Value> {
  before: ReadonlyMap<string, Value>;
  after: ReadonlyMap<string, Value>;
}

/** Defaults count where there is a stack on both sides: of a new stack, whatever is not given is not known yet. */
function knownValues(
  before: Template | undefined,
  after: Template | undefined,
  values: KnownParameters,
): Sides<string> {
  const [given, wanted] = [values.before ?? {}, { ...values.before, ...values.after }];
  const both = before !== undefined && after !== undefined;
  const of = (template: Template | undefined, known: Readonly<Record<string, string>>) => {
    const defaults = Object.entries(both ? (template?.Parameters ?? {}) : {}).flatMap(
      ([name, { Default }]): [string, string][] => (Default === undefined ? [] : [[name, Default]]),
    );
    return new Map([...defaults, ...Object.entries(known)]);
  };
  return { before: of(before, given), after: of(after, wanted) };
}

function changedParameters(known: Sides<string>): Sides<string> {
  const names = [...known.after.keys()].filter(
    (name) => known.before.has(name) && known.before.get(name) !== known.after.get(name),
  );
  const among = ([name]: [string, string]) => names.includes(name);
  return { before: new Map([...known.before].filter(among)), after: new Map([...known.after].filter(among)) };
}

function changedConditions({ before, after }: Sides<boolean | undefined>): Sides<boolean> {
  const changed = { before: new Map<string, boolean>(), after: new Map<string, boolean>() };
  for (const [name, other] of after) {
    const one = before.get(name);
    if (one === undefined || other === undefined || one === other) continue;
    changed.before.set(name, one);
    changed.after.set(name, other);
  }
  return changed;
}

function mentions({ Properties }: TemplateResource, changed: Changed): boolean {
  if (changed.conditions.after.size > 0 && mentionsCondition(Properties, changed.conditions.after)) return true;
  if (changed.after.size === 0) return false;
  for (const name of referencesIn(Properties)) if (changed.after.has(name)) return true;
  return false;
}

function writtenOut(
  properties: TemplateResource['Properties'],
  parameters: ReadonlyMap<string, string>,
  conditions: ReadonlyMap<string, boolean>,
): TemplateValue {
  return withParameters(withConditions(properties, conditions) ?? {}, parameters);
}

function own<T>(record: { readonly [key: string]: T }, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
