// Runs on weekdays at 03:30 UTC, and when somebody says so (`backdrift run nightly_report`). May run twice for the same
// night, so it must not matter.
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

const sqs = new SQSClient({});

/** @param {{ job: string, id: string, scheduledTime: string, manual: boolean, attempt: number }} run */
export async function handler(run) {
  const night = run.scheduledTime.slice(0, 10);
  const mail = { to: process.env.REPORT_TO, subject: `Report of ${night}` };
  await sqs.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE_MAILS, MessageBody: JSON.stringify(mail) }));
  console.log(JSON.stringify({ message: 'report written', night }));
}
