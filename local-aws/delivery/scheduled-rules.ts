import { randomUUID } from 'node:crypto';
import type { Rule, Target } from '@aws-sdk/client-eventbridge';
import { type Aws, localAccount } from '../providers/aws.ts';
import { providerError } from '../providers/failure.ts';
import { type ScheduleExpression, scheduleExpression } from '../schedules/schedule-expression.ts';
import { type Delivered, type DeliveryParts, deliverTo } from './deliver-to.ts';
import { targetInput } from './input-transformer.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A rule with a schedule, as `GET /_local/schedules` shows it. */
export interface ScheduledRule {
  region: string;
  rule: string;
  schedule: string;
  enabled: boolean;
  /** ISO 8601; absent when the rule is disabled or never runs again. */
  next?: string;
}

/** What became of one target of a rule. */
export interface TargetOutcome {
  target: string;
  arn: string;
  delivered: boolean;
  /** Why not. */
  reason?: string;
}

export interface RuleParts extends DeliveryParts {
  clock: VirtualClock;
  log: (line: string) => void;
}

interface Known {
  region: string;
  name: string;
  arn: string;
  text: string;
  enabled: boolean;
  schedule: ScheduleExpression;
  /** When it was first seen; a rate counts from here. */
  since: number;
  next: number | undefined;
  cancel: () => void;
}

/** Fires the scheduled rules of EventBridge's default buses. moto keeps them; which there are is asked when they change. */
export class ScheduledRules {
  readonly #parts: RuleParts;
  readonly #known = new Map<string, Known>();
  #reading: Promise<void> = Promise.resolve();

  constructor(parts: RuleParts) {
    this.#parts = parts;
  }

  /** Rules of a region were made, changed or removed. */
  changed(region: string): void {
    this.#reading = this.#reading.then(() => this.#read(region));
    this.#parts.clock.track(this.#reading);
  }

  async list(): Promise<ScheduledRule[]> {
    await this.#reading;
    return [...this.#known.values()].map(({ region, name, text, enabled, next }) => ({
      region,
      rule: name,
      schedule: text,
      enabled,
      ...(enabled && next !== undefined && { next: new Date(next).toISOString() }),
    }));
  }

  /** Fires a rule now, whatever its schedule, also when it is disabled; undefined when there is no such rule. */
  async run(name: string, region?: string): Promise<TargetOutcome[] | undefined> {
    await this.#reading;
    const rule = [...this.#known.values()].find(
      (known) => known.name === name && (region === undefined || known.region === region),
    );
    return rule && this.#fire(rule, this.#parts.clock.now());
  }

  async #read(region: string): Promise<void> {
    const { aws, log } = this.#parts;
    try {
      const rules = await rulesOf(aws, region);
      const found = new Set<string>();
      for (const rule of rules) {
        const schedule = scheduleExpression(rule.ScheduleExpression ?? '');
        if (!rule.Name || !rule.Arn || !rule.ScheduleExpression) continue;
        if (!schedule) log(`The rule ${rule.Name} has a schedule that is none: ${rule.ScheduleExpression}`);
        else {
          found.add(rule.Arn);
          this.#take(region, rule.Name, rule.Arn, rule, schedule);
        }
      }
      for (const [arn, known] of this.#known) {
        if (known.region !== region || found.has(arn)) continue;
        known.cancel();
        this.#known.delete(arn);
      }
    } catch (error) {
      log(`The schedules of ${region} could not be read: ${providerError(error, '').message}`);
    }
  }

  #take(region: string, name: string, arn: string, rule: Rule, schedule: ScheduleExpression): void {
    const before = this.#known.get(arn);
    const text = rule.ScheduleExpression ?? '';
    const enabled = rule.State !== 'DISABLED';
    if (before?.text === text && before.enabled === enabled) return;
    before?.cancel();
    const since = before?.text === text ? before.since : this.#parts.clock.now();
    const known: Known = { region, name, arn, text, enabled, schedule, since, next: undefined, cancel: () => {} };
    this.#known.set(arn, known);
    if (enabled) this.#plan(known, since);
  }

  #plan(rule: Known, after: number): void {
    const { clock } = this.#parts;
    const next = rule.schedule.next(Math.max(after, clock.now()), rule.since);
    rule.next = next;
    if (next === undefined) return;
    rule.cancel = clock.at(next, async () => {
      this.#plan(rule, next);
      await this.#fire(rule, next);
    });
  }

  async #fire(rule: Known, time: number): Promise<TargetOutcome[]> {
    const { aws, log } = this.#parts;
    const event = {
      version: '0',
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: localAccount,
      time: `${new Date(time).toISOString().slice(0, 19)}Z`,
      region: rule.region,
      resources: [rule.arn],
      detail: {},
    };
    try {
      const events = await aws.eventBridge(rule.region);
      const { Targets = [] } = await events.listTargetsByRule({ Rule: rule.name });
      return await Promise.all(Targets.map((target) => this.#send(rule, target, event)));
    } catch (error) {
      log(`The rule ${rule.name} could not be fired: ${providerError(error, '').message}`);
      return [];
    }
  }

  async #send(rule: Known, target: Target, event: Record<string, unknown>): Promise<TargetOutcome> {
    const { Id = '', Arn = '' } = target;
    const body = targetInput(target, event, rule);
    const sent = await deliverTo(this.#parts, Arn, body, { group: target.SqsParameters?.MessageGroupId });
    if (sent.ok) return { target: Id, arn: Arn, delivered: true };
    this.#parts.log(`The rule ${rule.name} could not be delivered to ${Arn}: ${sent.message}`);
    await this.#bury(rule, target, body, sent);
    return { target: Id, arn: Arn, delivered: false, reason: sent.message };
  }

  /** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
  async #bury(rule: Known, target: Target, body: string, { code, message }: Delivered & { ok: false }): Promise<void> {
    const queue = target.DeadLetterConfig?.Arn;
    if (queue === undefined) return;
    const attributes = { RULE_ARN: rule.arn, TARGET_ARN: target.Arn ?? '', ERROR_CODE: code, ERROR_MESSAGE: message };
    const buried = await deliverTo(this.#parts, queue, body, { attributes });
    if (!buried.ok) this.#parts.log(`Its dead-letter queue ${queue} could not take it either: ${buried.message}`);
  }
}

async function rulesOf(aws: Aws, region: string): Promise<Rule[]> {
  const events = await aws.eventBridge(region);
  const rules: Rule[] = [];
  let NextToken: string | undefined;
  do {
    const page = await events.listRules({ NextToken });
    rules.push(...(page.Rules ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return rules;
}
