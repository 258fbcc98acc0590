import type * as EventBridge from '@aws-sdk/client-eventbridge';
import * as z from 'zod';
import type { RuleNews } from '../delivery/rule-news.ts';
import { type Aws, localAccount } from './aws.ts';
import { orUndo } from './failure.ts';
import { difference, document, passed, tagMap, tags, text } from './property.ts';
import { ProviderError, type ResourceProvider } from './provider.ts';

const Rule = z.looseObject({
  Name: text.optional(),
  Description: text.optional(),
  EventBusName: text.optional(),
  EventPattern: document.optional(),
  RoleArn: text.optional(),
  ScheduleExpression: text.optional(),
  State: z.enum(['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS']).optional(),
  Tags: tags.optional(),
  Targets: passed<EventBridge.Target[]>().optional(),
});
type Rule = z.infer<typeof Rule>;

/** AWS::Events::Rule, with its targets. Kept by moto; delivery hears of it, and fires those with a schedule. */
export function rule(aws: Aws, news: RuleNews): ResourceProvider {
  /** PutTargets reports each target's failure in its answer instead of failing. */
  async function target(Name: string, wanted: Rule, region: string): Promise<void> {
    if (!wanted.Targets?.length) return;
    const events = await aws.eventBridge(region);
    const answer = await events.putTargets({
      Rule: Name,
      EventBusName: wanted.EventBusName,
      Targets: wanted.Targets,
    });
    const failed = answer.FailedEntries?.[0];
    if (failed)
      throw new ProviderError(
        `${failed.ErrorMessage} (target ${failed.TargetId})`,
        failed.ErrorCode ?? 'InvalidRequest',
      );
  }

  async function put(Name: string, wanted: Rule, region: string) {
    const events = await aws.eventBridge(region);
    const { RuleArn = '' } = await events.putRule({
      Name,
      Description: wanted.Description,
      EventBusName: wanted.EventBusName,
      EventPattern: wanted.EventPattern,
      RoleArn: wanted.RoleArn,
      ScheduleExpression: wanted.ScheduleExpression,
      State: wanted.State ?? 'ENABLED',
    });
    return { physicalId: physicalId(Name, wanted), ref: Name, attributes: { Arn: RuleArn } };
  }

  /** On a bus other than the default one, a rule is known by both names. */
  function physicalId(name: string, wanted: Rule): string {
    return wanted.EventBusName && wanted.EventBusName !== 'default' ? `${wanted.EventBusName}|${name}` : name;
  }

  async function remove(Name: string, wanted: Rule, region: string): Promise<void> {
    const events = await aws.eventBridge(region);
    const EventBusName = wanted.EventBusName;
    const { Targets = [] } = await events.listTargetsByRule({ Rule: Name, EventBusName });
    const Ids = Targets.flatMap(({ Id }) => (Id ? [Id] : []));
    if (Ids.length > 0) await events.removeTargets({ Rule: Name, EventBusName, Ids });
    await events.deleteRule({ Name, EventBusName });
  }

  const nameOf = (id: string) => id.slice(id.lastIndexOf('|') + 1);

  return {
    create: async (request) => {
      const wanted = Rule.parse(request.properties);
      const name = wanted.Name ?? request.generatedName(64);
      const made = await put(name, wanted, request.region);
      await orUndo(
        async () => {
          await target(name, wanted, request.region);
          const events = await aws.eventBridge(request.region);
          if (wanted.Tags?.length) await events.tagResource({ ResourceARN: made.attributes.Arn, Tags: wanted.Tags });
        },
        () => remove(name, wanted, request.region),
      );
      news.changed(request.region);
      return made;
    },
    update: async (request) => {
      const next = Rule.parse(request.properties);
      const previous = Rule.parse(request.previous);
      const name = nameOf(request.physicalId);
      const events = await aws.eventBridge(request.region);
      const made = await put(name, next, request.region);
      const kept = new Set((next.Targets ?? []).map(({ Id }) => Id));
      const gone = (previous.Targets ?? []).flatMap(({ Id }) => (Id && !kept.has(Id) ? [Id] : []));
      if (gone.length > 0) await events.removeTargets({ Rule: name, EventBusName: next.EventBusName, Ids: gone });
      await target(name, next, request.region);
      const tagChange = difference(tagMap(previous.Tags), tagMap(next.Tags));
      const ResourceARN = made.attributes.Arn;
      if (tagChange.removed.length > 0) await events.untagResource({ ResourceARN, TagKeys: tagChange.removed });
      if (tagChange.put.length > 0) await events.tagResource({ ResourceARN, Tags: next.Tags });
      news.changed(request.region);
      return made;
    },
    delete: async (request) => {
      await remove(nameOf(request.physicalId), Rule.parse(request.properties), request.region);
      news.changed(request.region);
    },
  };
}

const EventBus = z.looseObject({ Name: text, Description: text.optional(), Tags: tags.optional() });

/** AWS::Events::EventBus. */
export function eventBus(aws: Aws): ResourceProvider {
  const result = (Name: string, region: string) => ({
    physicalId: Name,
    attributes: { Name, Arn: `arn:aws:events:${region}:${localAccount}:event-bus/${Name}` },
  });
  return {
    create: async (request) => {
      const wanted = EventBus.parse(request.properties);
      const events = await aws.eventBridge(request.region);
      await events.createEventBus({ Name: wanted.Name, Description: wanted.Description, Tags: wanted.Tags });
      return result(wanted.Name, request.region);
    },
    delete: async (request) => {
      const events = await aws.eventBridge(request.region);
      await events.deleteEventBus({ Name: request.physicalId });
    },
  };
}
