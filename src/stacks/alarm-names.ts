import type { Blueprint } from '../blueprint/blueprint.ts';
import { arn, literal, sub } from './layer.ts';
import { type NameScope, physicalName } from './names.ts';
import type { TemplateValue } from './template.ts';

/** Whether somebody is to hear of alarms. */
export function notifies(blueprint: Pick<Blueprint, 'monitoring'>): boolean {
  return blueprint.monitoring.email.length > 0;
}

/** The explicit name of the topic that every alarm is told to. */
export function topicName(scope: NameScope): string {
  return physicalName(scope, 'alarms');
}

/**
 * What an alarm does when it goes off. The topic is named, not passed on: alarms stand in several stacks, and its own
 * comes after them. CloudWatch does not look whether it is there.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export function alarmActions(scope: NameScope & { blueprint: Pick<Blueprint, 'monitoring'> }): {
  AlarmActions?: TemplateValue;
} {
  return notifies(scope.blueprint) ? { AlarmActions: [sub(arn('sns', literal(topicName(scope))))] } : {};
}
