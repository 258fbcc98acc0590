// Receives the messages of the queue `mails`, one at a time. What it throws brings the message back later, five times in
// all; then it is in the dead-letter queue. Put your mail provider where the log line is.

/** @param {{ queue: string, id: string, body: { to?: string, subject?: string }, attempt: number }} message */
export async function handler({ body: { to, subject } }) {
  if (!to || !subject) throw new Error('A mail needs `to` and `subject`.');
  console.log(JSON.stringify({ message: 'mail sent', from: process.env.SENDER, subject }));
}
