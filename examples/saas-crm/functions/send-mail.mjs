// Receives the messages of the queue `mails`. Put your mail provider where the log line is.

/** @param {{ Records: { messageId: string, body: string }[] }} event an SQS event */
export async function handler(event) {
  const batchItemFailures = [];
  for (const record of event.Records) {
    try {
      const { to, subject } = JSON.parse(record.body);
      if (!to || !subject) throw new Error('A mail needs `to` and `subject`.');
      console.log(JSON.stringify({ message: 'mail sent', from: process.env.SENDER, subject }));
    } catch (error) {
      console.error(JSON.stringify({ message: 'mail failed', id: record.messageId, reason: String(error) }));
      // Only this message comes back; the others of the batch are done.
      batchItemFailures.push({ itemIdentifier: record.messageId });
    }
  }
  return { batchItemFailures };
}
