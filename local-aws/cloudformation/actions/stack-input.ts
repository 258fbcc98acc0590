import * as z from 'zod';
import { oncePerToken, tokenBookKey } from '../client-token.ts';
import { findStack } from '../engine.ts';
import { flag, members, type QueryMap, requestToken, whole } from '../query-protocol.ts';
import { ServiceError, validationError } from '../service-error.ts';
import type { Stack, StackSettings, Tag } from '../stack.ts';
import { checkCapabilities } from '../template/capabilities.ts';
import { type GivenParameter, type ParameterValues, parameterValues } from '../template/parameters.ts';
import { parseTemplate } from '../template/parse.ts';
import { type TemplateSource, templateText } from '../template/source.ts';
import type { Template } from '../template/template.ts';
import { validateTemplate } from '../template/validate.ts';
import type { XmlMap } from '../xml.ts';
import type { ActionContext } from './action.ts';

/** Members that CreateStack, UpdateStack and CreateChangeSet share. */
export const templateSource = {
  TemplateBody: z.string().optional(),
  TemplateURL: z.string().optional(),
  UsePreviousTemplate: flag.optional(),
};

export const stackInput = {
  ...templateSource,
  Parameters: members(
    z.object({
      ParameterKey: z.string(),
      ParameterValue: z.string().optional(),
      UsePreviousValue: flag.optional(),
    }),
  ).optional(),
  Capabilities: members(z.string()).optional(),
  Tags: members(z.object({ Key: z.string().min(1), Value: z.string() })).optional(),
  NotificationARNs: members(z.string()).optional(),
  RoleARN: z.string().optional(),
  TimeoutInMinutes: whole.optional(),
  DisableRollback: flag.optional(),
  RetainExceptOnCreate: flag.optional(),
  DeploymentConfig: z
    .object({ Mode: z.enum(['STANDARD', 'EXPRESS']).optional(), DisableRollback: flag.optional() })
    .optional(),
  ClientRequestToken: requestToken.optional(),
};

const inputSchema = z.object(stackInput);
export type StackInput = z.output<typeof inputSchema>;

/** The template of a request, read, checked and allowed. */
export async function requestedTemplate(
  context: ActionContext,
  source: TemplateSource,
  previous: Stack | undefined,
): Promise<Template> {
  const text = await templateText(source, previous?.template.source, context.engine.services.readObject);
  const template = parseTemplate(text);
  validateTemplate(template);
  return template;
}

/** Template and parameters of a request. */
export async function requestedState(
  context: ActionContext,
  input: StackInput,
  previous: Stack | undefined,
): Promise<{ template: Template; parameters: ParameterValues; tags: readonly Tag[] }> {
  const template = await requestedTemplate(context, input, previous);
  checkCapabilities(template, input.Capabilities ?? []);
  const { engine, region } = context;
  const given: GivenParameter[] = (input.Parameters ?? []).map((parameter) => ({
    key: parameter.ParameterKey,
    value: parameter.ParameterValue,
    usePreviousValue: parameter.UsePreviousValue,
  }));
  const parameters = await parameterValues(template, given, previous?.parameters, engine.services.ssm(region));
  return { template, parameters, tags: requestedTags(input, previous) };
}

/** Absent leaves the tags as they are; an empty list removes them. */
function requestedTags(input: StackInput, previous: Stack | undefined): readonly Tag[] {
  if (!input.Tags) return previous?.tags ?? [];
  const reserved = input.Tags.find(({ Key }) => Key.startsWith('aws:'));
  if (reserved) throw validationError(`aws: prefixed tag key names are not allowed for external use: ${reserved.Key}`);
  if (input.Tags.length > 50) throw validationError('A stack can have at most 50 tags.');
  return input.Tags.map(({ Key, Value }) => ({ key: Key, value: Value }));
}

/** Settings of a request over those that the stack has. Rollback and what it keeps are asked anew every time. */
export function requestedSettings(input: StackInput, previous: StackSettings | undefined): StackSettings {
  const roleArn = input.RoleARN ?? previous?.roleArn;
  const timeoutInMinutes = input.TimeoutInMinutes ?? previous?.timeoutInMinutes;
  const deploymentMode = input.DeploymentConfig?.Mode;
  return {
    capabilities: input.Capabilities ?? [],
    notificationArns: input.NotificationARNs ?? previous?.notificationArns ?? [],
    disableRollback: input.DeploymentConfig?.DisableRollback ?? input.DisableRollback ?? false,
    retainExceptOnCreate: input.RetainExceptOnCreate ?? false,
    ...(roleArn !== undefined && { roleArn }),
    ...(timeoutInMinutes !== undefined && { timeoutInMinutes }),
    ...(deploymentMode !== undefined && { deploymentMode }),
  };
}

/** Runs a request once per ClientRequestToken. The stack may be named by name or id. */
export function once(
  context: ActionContext,
  action: string,
  query: QueryMap,
  run: () => Promise<XmlMap | undefined>,
): Promise<XmlMap | undefined> {
  const { engine, region } = context;
  const given = typeof query.StackName === 'string' ? query.StackName : '';
  const key = tokenBookKey(region, findStack(engine, region, given)?.name ?? given);
  const book = engine.tokens.get(key) ?? new Map();
  engine.tokens.set(key, book);
  const token = typeof query.ClientRequestToken === 'string' ? query.ClientRequestToken : undefined;
  return oncePerToken(book, token, action, query, run);
}

/** `AlreadyExistsException`, for a stack or a change set whose name is taken. */
export function alreadyExists(what: string): ServiceError {
  return new ServiceError('AlreadyExistsException', `${what} already exists`);
}
