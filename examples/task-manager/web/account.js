// The forms in front of the tasks: sign-in, sign-up, codes, a new password, and two-step sign-in.
import { $, pressed, say, submitted } from './page.js';

const forms = ['sign-in', 'sign-up', 'confirm', 'code', 'new-password', 'forgot', 'reset', 'two-step-setup'];

export class Account {
  #session;
  #changed;
  /** Who the forms are about, from the first one that asked. */
  #email = '';
  /** Kept between sign-up and its code, to sign in with at once; never stored. */
  #password = '';
  /** Whether an authenticator app is set up on the way in, or by who is signed in already. */
  #entering = true;

  /**
   * @param {import('./session.js').Session} session
   * @param {() => Promise<void>} changed somebody signed in or out
   */
  constructor(session, changed) {
    this.#session = session;
    this.#changed = changed;
  }

  listen() {
    submitted('sign-in-form', ({ email, password }) => this.#enter(email, password));
    submitted('sign-up-form', async ({ email, password }) => {
      const { step } = await this.#session.signUp(email, password);
      this.#remember(email, password);
      this.#show(step);
    });
    submitted('confirm-form', async ({ code }) => {
      await this.#session.confirm(this.#email, code.trim());
      if (this.#password) await this.#enter(this.#email, this.#password);
      else this.#show('sign-in', 'Your email is confirmed. Sign in.');
    });
    pressed('resend', async () => {
      await this.#session.resend(this.#email);
      say('We sent another code.');
    });
    submitted('code-form', async ({ code }) => this.#proceed(await this.#session.answer(code.trim())));
    submitted('new-password-form', async ({ password }) => this.#proceed(await this.#session.answer(password)));
    submitted('forgot-form', async ({ email }) => {
      await this.#session.forgot(email);
      this.#remember(email, '');
      this.#show('reset');
    });
    submitted('reset-form', async ({ code, password }) => {
      await this.#session.reset(this.#email, code.trim(), password);
      await this.#enter(this.#email, password);
    });
    submitted('two-step-setup-form', async ({ code }) => {
      if (this.#entering) return this.#proceed(await this.#session.answer(code.trim()));
      await this.#session.finishTwoSteps(code.trim());
      return this.#done('Two-step sign-in is on.');
    });
    pressed('two-step', async () => {
      if (await this.#session.hasTwoSteps()) {
        await this.#session.endTwoSteps();
        await this.#changed();
        say('Two-step sign-in is off.');
        return;
      }
      this.#entering = false;
      await this.#proceed(await this.#session.beginTwoSteps());
    });
    pressed('two-step-back', async () => {
      if (this.#entering) this.#show('sign-in');
      else await this.#changed();
    });
    pressed('sign-out', async () => {
      await this.#session.signOut();
      await this.#done('Signed out.');
    });
    for (const link of document.querySelectorAll('[data-show]'))
      link.addEventListener('click', () => this.#show(link.getAttribute('data-show') ?? 'sign-in'));
  }

  /** The forms for who is not signed in, or nothing. @param {boolean} signedIn */
  async render(signedIn) {
    $('account').hidden = !signedIn;
    if (signedIn) {
      $('sign-in').hidden = true;
      $('email').textContent = (await this.#session.email()) ?? '';
      $('two-step').textContent = (await this.#session.hasTwoSteps())
        ? 'Turn off two-step sign-in'
        : 'Two-step sign-in';
    } else this.#reveal('sign-in');
  }

  async #enter(email, password) {
    this.#remember(email, password);
    this.#entering = true;
    await this.#proceed(await this.#session.signIn(email, password));
  }

  /** @param {import('./session.js').Next} next */
  async #proceed(next) {
    if (next.step === 'done') return this.#done(`Signed in as ${this.#email}.`);
    if (next.step === 'two-step-setup') {
      $('secret').textContent = next.secret.replace(/(.{4})(?=.)/g, '$1 ');
      $('secret-link').href = next.uri;
      $('tasks').hidden = true;
    }
    if (next.step === 'reset') await this.#session.forgot(this.#email);
    this.#show(next.step);
  }

  async #done(message) {
    this.#remember('', '');
    for (const name of forms) $(`${name}-form`).reset();
    await this.#changed();
    say(message);
    $('main').focus();
  }

  #remember(email, password) {
    this.#email = email;
    this.#password = password;
  }

  #show(step, message = '') {
    $('alert').textContent = '';
    say(message);
    this.#reveal(step);
    for (const place of document.querySelectorAll('[data-email]')) place.textContent = this.#email;
    for (const field of $(`${step}-form`).querySelectorAll('input[type=email]')) field.value ||= this.#email;
    $(`${step}-form`).querySelector('input:not([value]), input')?.focus();
  }

  #reveal(step) {
    $('sign-in').hidden = false;
    for (const name of forms) $(`${name}-form`).hidden = name !== step;
    $('sign-in-title').textContent = $(`${step}-form`).dataset.title;
  }
}
