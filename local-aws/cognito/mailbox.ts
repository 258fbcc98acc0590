/** A message that Cognito would have sent. */
export interface Mail {
  /** ISO 8601. */
  sent: string;
  to: string;
  subject: string;
  body: string;
  /** The code or the temporary password in it. */
  code: string;
  userPoolId: string;
  kind: 'sign-up' | 'resend' | 'reset-password' | 'verify-attribute' | 'invitation';
}

/** Enough for a long day of trying things out. */
const most = 1000;

/** Keeps messages instead of sending them: `GET /_local/mail` shows them, the newest last. */
export class Mailbox {
  readonly #log: (line: string) => void;
  #mails: Mail[] = [];

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  send(mail: Mail): void {
    this.#mails = [...this.#mails, mail].slice(-most);
    this.#log(`Mail to ${mail.to}: ${mail.subject}. ${mail.body.trim()}`);
  }

  all(): readonly Mail[] {
    return this.#mails;
  }

  clear(): void {
    this.#mails = [];
  }
}
