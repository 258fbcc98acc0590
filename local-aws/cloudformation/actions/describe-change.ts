import type { ResourceChange } from '../plan.ts';
import type { PropertyDetail } from '../property-details.ts';
import type { XmlMap } from '../xml.ts';

/**
 * One change of a change set.
 * @param withValues IncludePropertyValues: values before and after are shown too.
 */
export function describeChange(change: ResourceChange, withValues: boolean): XmlMap {
  const common = { Action: change.action, LogicalResourceId: change.logicalId, ResourceType: change.type };
  const context = (properties: unknown) => (withValues ? JSON.stringify({ Properties: properties }) : undefined);
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
        Details: change.details.map((detail) => describeDetail(detail, withValues)),
        BeforeContext: context(change.before),
        AfterContext: context(change.properties),
      };
  }
}

function replacedPolicy(change: Extract<ResourceChange, { action: 'Modify' }>): string | undefined {
  if (change.replacement !== 'True') return undefined;
  return change.retainReplaced ? 'ReplaceAndRetain' : 'ReplaceAndDelete';
}

function describeDetail(detail: PropertyDetail, withValues: boolean): XmlMap {
  const text = (value: unknown) =>
    !withValues || value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value);
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
