import type * as Scheduler from '@aws-sdk/client-scheduler';
import * as z from 'zod';
import { type Aws, localAccount } from './aws.ts';
import { difference, passed, tagMap, tags, text } from './property.ts';
import type { ResourceProvider } from './provider.ts';

const Schedule = z.looseObject({
  Name: text.optional(),
  GroupName: text.optional(),
  Description: text.optional(),
  EndDate: z.coerce.date().optional(),
  StartDate: z.coerce.date().optional(),
  FlexibleTimeWindow: passed<Scheduler.FlexibleTimeWindow>(),
  KmsKeyArn: text.optional(),
  ScheduleExpression: text,
  ScheduleExpressionTimezone: text.optional(),
  State: z.enum(['ENABLED', 'DISABLED']).optional(),
  Target: passed<Scheduler.Target>(),
});

/** AWS::Scheduler::Schedule. Kept by moto; nothing fires it. */
export function schedule(aws: Aws): ResourceProvider {
  const result = (name: string, group: string, region: string) => ({
    physicalId: name,
    attributes: { Arn: `arn:aws:scheduler:${region}:${localAccount}:schedule/${group}/${name}` },
  });
  return {
    create: async (request) => {
      const wanted = Schedule.parse(request.properties);
      const Name = wanted.Name ?? request.generatedName(64);
      const scheduler = await aws.scheduler(request.region);
      await scheduler.createSchedule({ ...wanted, Name });
      return result(Name, wanted.GroupName ?? 'default', request.region);
    },
    update: async (request) => {
      const next = Schedule.parse(request.properties);
      const scheduler = await aws.scheduler(request.region);
      await scheduler.updateSchedule({ ...next, Name: request.physicalId });
      return result(request.physicalId, next.GroupName ?? 'default', request.region);
    },
    delete: async (request) => {
      const { GroupName } = Schedule.parse(request.properties);
      const scheduler = await aws.scheduler(request.region);
      await scheduler.deleteSchedule({ Name: request.physicalId, GroupName });
    },
    /** A schedule cannot move to another group. */
    replaces: (previous, next) => previous.GroupName !== next.GroupName,
  };
}

const ScheduleGroup = z.looseObject({ Name: text.optional(), Tags: tags.optional() });

/** AWS::Scheduler::ScheduleGroup. */
export function scheduleGroup(aws: Aws): ResourceProvider {
  async function result(Name: string, region: string) {
    const scheduler = await aws.scheduler(region);
    const made = await scheduler.getScheduleGroup({ Name });
    return {
      physicalId: Name,
      attributes: {
        Arn: made.Arn ?? '',
        CreationDate: made.CreationDate?.toISOString() ?? '',
        LastModificationDate: made.LastModificationDate?.toISOString() ?? '',
        State: made.State ?? 'ACTIVE',
      },
    };
  }
  return {
    create: async (request) => {
      const wanted = ScheduleGroup.parse(request.properties);
      const Name = wanted.Name ?? request.generatedName(64);
      const scheduler = await aws.scheduler(request.region);
      await scheduler.createScheduleGroup({ Name, Tags: wanted.Tags });
      return result(Name, request.region);
    },
    update: async (request) => {
      const scheduler = await aws.scheduler(request.region);
      const made = await result(request.physicalId, request.region);
      const change = difference(
        tagMap(ScheduleGroup.parse(request.previous).Tags),
        tagMap(ScheduleGroup.parse(request.properties).Tags),
      );
      const ResourceArn = made.attributes.Arn;
      if (change.removed.length > 0) await scheduler.untagResource({ ResourceArn, TagKeys: change.removed });
      if (change.put.length > 0)
        await scheduler.tagResource({ ResourceArn, Tags: change.put.map(([Key, Value]) => ({ Key, Value })) });
      return made;
    },
    delete: async (request) => {
      const scheduler = await aws.scheduler(request.region);
      // moto fails, instead of refusing, when it is to delete what is not there.
      await scheduler.getScheduleGroup({ Name: request.physicalId });
      await scheduler.deleteScheduleGroup({ Name: request.physicalId });
    },
  };
}
