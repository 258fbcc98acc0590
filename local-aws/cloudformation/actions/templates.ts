import * as z from 'zod';
import { stackNameOrId } from '../query-protocol.ts';
import { resourceSchema } from '../resource-schema.ts';
import { validationError } from '../service-error.ts';
import { requiredCapabilities } from '../template/capabilities.ts';
import type { Template } from '../template/template.ts';
import { action, requireStack } from './action.ts';
import { requireChangeSet } from './change-sets.ts';
import { requestedTemplate, templateSource } from './stack-input.ts';

export const getTemplate = action(
  'GetTemplate',
  z.object({
    StackName: stackNameOrId.optional(),
    ChangeSetName: z.string().optional(),
    TemplateStage: z.enum(['Original', 'Processed']).optional(),
  }),
  ({ StackName, ChangeSetName }, context) => {
    const template =
      ChangeSetName !== undefined
        ? requireChangeSet(context, ChangeSetName, StackName).changeSet.target.template
        : StackName !== undefined
          ? requireStack(context, StackName).template
          : undefined;
    if (!template) throw validationError('One of StackName and ChangeSetName must be specified.');
    return { TemplateBody: template.source, StagesAvailable: ['Original', 'Processed'] };
  },
);

export const validateTemplateAction = action('ValidateTemplate', z.object(templateSource), async (input, context) => {
  const template = await requestedTemplate(context, input, undefined);
  return {
    Parameters: [...template.parameters].map(([key, definition]) => ({
      ParameterKey: key,
      DefaultValue: definition.default,
      NoEcho: definition.noEcho,
      Description: definition.description,
    })),
    Description: template.description,
    ...capabilities(template),
    DeclaredTransforms: template.transforms.length > 0 ? template.transforms : undefined,
  };
});

export const getTemplateSummary = action(
  'GetTemplateSummary',
  z.object({ ...templateSource, StackName: stackNameOrId.optional() }),
  async (input, context) => {
    const template =
      input.StackName === undefined
        ? await requestedTemplate(context, input, undefined)
        : requireStack(context, input.StackName).template;
    const byType = new Map<string, string[]>();
    for (const [logicalId, { type }] of template.resources) {
      byType.set(type, [...(byType.get(type) ?? []), logicalId]);
    }
    return {
      Parameters: [...template.parameters].map(([key, definition]) => ({
        ParameterKey: key,
        DefaultValue: definition.default,
        ParameterType: definition.type,
        NoEcho: definition.noEcho,
        Description: definition.description,
        ParameterConstraints: definition.allowedValues ? { AllowedValues: definition.allowedValues } : {},
      })),
      Description: template.description,
      ...capabilities(template),
      ResourceTypes: [...byType.keys()],
      Version: template.version,
      Metadata: template.metadata === undefined ? undefined : JSON.stringify(template.metadata),
      DeclaredTransforms: template.transforms.length > 0 ? template.transforms : undefined,
      ResourceIdentifierSummaries: [...byType].map(([type, logicalIds]) => ({
        ResourceType: type,
        LogicalResourceIds: logicalIds,
        ResourceIdentifiers: resourceSchema(type)?.primaryIdentifier ?? [],
      })),
    };
  },
);

function capabilities(template: Template) {
  const required = requiredCapabilities(template);
  if (required.capabilities.length === 0) return {};
  return { Capabilities: required.capabilities, CapabilitiesReason: required.reason };
}

export const describeAccountLimits = action('DescribeAccountLimits', z.object({}), () => ({
  AccountLimits: [
    { Name: 'StackLimit', Value: 2000 },
    { Name: 'StackOutputsLimit', Value: 200 },
    { Name: 'ConcurrentResourcesLimit', Value: 2500 },
  ],
}));
