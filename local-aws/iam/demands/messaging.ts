import * as z from 'zod';
import type { AwsCall } from '../aws-call.ts';
import { arnOf, type Demand, type Demands, demand, unknownAction } from './demand.ts';

/** A text message to a telephone has no resource. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html */
export function snsDemands(call: AwsCall): Demands {
  const target = call.form.get('TopicArn') ?? call.form.get('TargetArn');
  if (call.operation === 'Publish' || call.operation === 'PublishBatch') return demand('sns:Publish', target ?? '*');
  return target === null ? unknownAction(call) : demand(`sns:${call.operation}`, target);
}

const Entries = z.looseObject({
  Entries: z.array(
    z.looseObject({
      EventBusName: z.string().optional(),
      Source: z.string().optional(),
      DetailType: z.string().optional(),
    }),
  ),
});

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html */
export function eventsDemands(call: AwsCall): Demands {
  if (call.operation !== 'PutEvents') return unknownAction(call);
  const demands = Entries.parse(call.input).Entries.map(
    (entry): Demand => ({
      action: 'events:PutEvents',
      resource: arnOf(
        call,
        'events',
        entry.EventBusName?.startsWith('arn:') ? entry.EventBusName : `event-bus/${entry.EventBusName ?? 'default'}`,
      ),
      context: { 'events:source': entry.Source, 'events:detail-type': entry.DetailType },
    }),
  );
  return { kind: 'demands', demands };
}

const Mail = z.looseObject({
  FromEmailAddress: z.string().optional(),
  Destination: z
    .looseObject({
      ToAddresses: z.array(z.string()).optional(),
      CcAddresses: z.array(z.string()).optional(),
      BccAddresses: z.array(z.string()).optional(),
    })
    .optional(),
});

/** Which action each operation of the first SES needs. */
const mailActions: Readonly<Record<string, string>> = {
  SendEmail: 'SendEmail',
  SendRawEmail: 'SendRawEmail',
  SendTemplatedEmail: 'SendTemplatedEmail',
};

/**
 * Sending, by either version of SES. The identity is taken to be the address: whether the address or its whole domain was
 * verified is not known here.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonses.html
 */
export function sesDemands(call: AwsCall): Demands {
  if (call.method === 'POST' && call.path === '/v2/email/outbound-emails') {
    const { FromEmailAddress = '', Destination } = Mail.parse(call.input);
    const recipients = [Destination?.ToAddresses, Destination?.CcAddresses, Destination?.BccAddresses];
    return mail(
      call,
      'SendEmail',
      FromEmailAddress,
      recipients.flatMap((list) => list ?? []),
    );
  }
  const action = Object.hasOwn(mailActions, call.operation) ? mailActions[call.operation] : undefined;
  if (action === undefined) return unknownAction(call);
  const recipients = [...call.form].flatMap(([name, value]) => (/^Destinations?\./.test(name) ? [value] : []));
  return mail(call, action, call.form.get('Source') ?? '', recipients);
}

function mail(call: AwsCall, action: string, from: string, recipients: string[]): Demands {
  const address = /<([^<>]*)>\s*$/.exec(from)?.[1] ?? from.trim();
  const context = {
    'ses:FromAddress': address,
    'ses:FromDisplayName': /^\s*"?(.*?)"?\s*</.exec(from)?.[1],
    'ses:Recipients': recipients,
  };
  return demand(`ses:${action}`, arnOf(call, 'ses', `identity/${address}`), context);
}
