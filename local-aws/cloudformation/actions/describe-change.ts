import type { Json } from '../json.ts';
import type { ResourceChange } from '../plan.ts';
import type { PropertyDetail } from '../property-details.ts';
import type { XmlMap } from '../xml.ts';

/**
 * One change of a change set.
 * @param withValues IncludePropertyValues: values before and after are shown too.
 * @param shown Takes out what must not be shown.
 */
export function describeChange(change: ResourceChange, withValues: boolean, shown: (value: Json) => Json): XmlMap {
  const common = { Action: change.action, LogicalResourceId: change.logicalId, ResourceType: change.type };
  const context = (properties: { readonly [key: string]: Json }) =>
    withValues ? JSON.stringify({ Properties: shown({ ...properties }) }) : undefined;
  switch (change.action) {
    case 'Add':
      return { ...common, Scope: [], Details: [], AfterContext: context(change.properties) };
    case 'Remove':
      return {
        ...common,
        PolicyAction: change.retain ? 'Retain' : 'Delete',
        PhysicalResourceId: change.physicalId,
        Scope: [],
        Details: [],
        BeforeContext: context(change.before),
      };
    case 'Modify':
      return {
        ...common,
        PolicyAction: replacedPolicy(change),
        PhysicalResourceId: change.physicalId,
        Replacement: change.replacement,
        Scope: [...new Set(change.details.map((detail) => detail.attribute))],
        Details: change.details.map((detail) => describeDetail(detail, withValues, shown)),
        BeforeContext: context(change.before),
        AfterContext: context(change.properties),
      };
  }
}

function replacedPolicy(change: Extract<ResourceChange, { action: 'Modify' }>): string | undefined {
  if (change.replacement !== 'True') return undefined;
  return change.retainReplaced ? 'ReplaceAndRetain' : 'ReplaceAndDelete';
}

function describeDetail(detail: PropertyDetail, withValues: boolean, shown: (value: Json) => Json): XmlMap {
  const text = (value: Json | undefined) => {
    if (!withValues || value === undefined) return undefined;
    const allowed = shown(value);
    return typeof allowed === 'string' ? allowed : JSON.stringify(allowed);
  };
  return {
    Target: {
      Attribute: detail.attribute,
      Name: detail.name,
      RequiresRecreation: detail.requiresRecreation,
      Path: detail.path,
      BeforeValue: text(detail.before),
      AfterValue: text(detail.after),
      AttributeChangeType: withValues ? detail.changeType : undefined,
    },
    Evaluation: detail.evaluation,
    ChangeSource: detail.source,
    CausingEntity: detail.causingEntity,
  };
}
