import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { parse } from 'yaml';
import * as z from 'zod';
import { codeAt } from '../../local-aws/cognito/one-time-password.ts';
import type { LocalAws } from '../../local-aws/local-aws.ts';
import { root } from '../../scripts/build-options.mjs';
import { browserArguments, ensureBrowser } from '../../scripts/setup/browser.mjs';
import { type LivingProject, livingProject } from '../aws/support/living-project.ts';
import { localAwsFor } from '../aws/support/local-aws.ts';
import { cognitoOf, goodPassword, type Pool, poolOfStack } from '../aws/support/people.ts';

const example = path.join(root, 'examples/task-manager');
const results = path.join(root, '.test-results');
const axe = readFileSync(path.join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');
const Mails = z.object({ mail: z.array(z.looseObject({ code: z.string() })) });
const Violations = z.array(z.looseObject({ id: z.string(), help: z.string() }));
const nextPassword = 'Another-horse-8-battery';

describe('the page of the task manager, deployed', function () {
  // One story, in one tab.
  this.timeout(60_000);
  this.bail(true);

  let local: LocalAws;
  let project: LivingProject;
  let browser: Browser;
  let page: Page;
  let pool: Pool;
  let address: string;
  /** What the page asked of Cognito. */
  const asked: string[] = [];

  before(async function () {
    local = await localAwsFor(this);
    project = await livingProject(local.url, 'task-manager', filesOf(example));
    const document = z.looseObject({}).parse(parse(readFileSync(path.join(example, 'backdrift.yaml'), 'utf8')));
    const deployed = await project.deploy(document);
    address = deployed.outcome.frontendUrl ?? '';
    pool = await poolOfStack(local.url, 'backdrift-task-manager-local-cognito');
    browser = await chromium.launch({ executablePath: await ensureBrowser(), args: browserArguments });
    page = await browser.newPage({ viewport: { width: 900, height: 760 } });
    page.setDefaultTimeout(15_000);
    page.on('request', (request) => asked.push(request.headers()['x-amz-target']?.split('.').at(-1) ?? ''));
    await page.goto(address);
    await mkdir(results, { recursive: true });
  });
  afterEach(async function () {
    if (this.currentTest?.isFailed())
      await page.screenshot({ path: path.join(results, `failure ${this.currentTest.title}.png`) });
  });
  after(async () => {
    await browser?.close();
    await project?.stop();
    await local?.stop();
  });

  const field = (label: string) => page.locator('form:visible').getByLabel(label, { exact: true });
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const heading = (name: string) => page.getByRole('heading', { name, exact: true });
  const said = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();
  const refused = (text: RegExp) => page.getByRole('alert').filter({ hasText: text }).waitFor();
  const codeFor = async (email: string): Promise<string> => {
    const answer = await fetch(`${local.url}/_local/mail?to=${encodeURIComponent(email)}`);
    return Mails.parse(await answer.json()).mail.at(-1)?.code ?? '';
  };
  const signIn = async (email: string, password: string) => {
    await field('Email').fill(email);
    await field('Password').fill(password);
    await button('Sign in').click();
  };

  /** A picture in both colour schemes; nothing that axe finds wrong. */
  async function look(name: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.screenshot({ path: path.join(results, `task-manager-${name}-${colorScheme}.png`) });
      await page.evaluate(axe);
      const found = await page.evaluate('axe.run().then(({ violations }) => violations)');
      const violations = Violations.parse(found).map(({ id, help }) => `${id}: ${help}`);
      assert.deepEqual(violations, [], `${name}, ${colorScheme}`);
    }
  }

  it('signs up with the code from the mail, and in with it', async () => {
    await heading('Sign in').waitFor();
    await look('sign-in');
    await button('Create an account').click();
    await field('Email').fill('ann@example.org');
    await field('Password').fill('weak-password');
    await button('Create account').click();
    await refused(/uppercase/);
    await field('Password').fill(goodPassword);
    await look('sign-up');
    await button('Create account').click();
    await heading('Confirm your email').waitFor();
    await look('confirm');
    const code = await codeFor('ann@example.org');
    await field('Code').fill(code === '000000' ? '000001' : '000000');
    await button('Confirm').click();
    await refused(/Invalid verification code/);
    await button('Send another code').click();
    await said('We sent another code.');
    await field('Code').fill(await codeFor('ann@example.org'));
    await button('Confirm').click();
    await said('Signed in as ann@example.org.');
    assert.ok(asked.includes('RespondToAuthChallenge'), 'with SRP');
  });

  it('writes a task, and is still there and signed in after a reload', async () => {
    await page.getByLabel('What is to be done?').fill('Write the report');
    await page.getByLabel('Priority').selectOption('high');
    await button('Add task').click();
    await said('Added “Write the report”.');
    await page.reload();
    await page.getByRole('listitem').filter({ hasText: 'Write the report' }).waitFor();
    assert.equal(await page.locator('#email').textContent(), 'ann@example.org');
    await look('tasks');
    await page.getByRole('checkbox', { name: 'Write the report' }).check();
    await page.locator('li.done').waitFor();
  });

  it('renews its token when it has ended', async () => {
    await page.clock.install();
    await page.clock.fastForward('02:00:00');
    asked.length = 0;
    await page.getByLabel('What is to be done?').fill('Two hours later');
    await button('Add task').click();
    await said('Added “Two hours later”.');
    assert.ok(asked.includes('GetTokensFromRefreshToken'), asked.join());
    await page.clock.resume();
  });

  it('signs out, and is refused with a wrong password', async () => {
    await button('Sign out').click();
    await said('Signed out.');
    await heading('Sign in').waitFor();
    assert.equal(await page.getByText('Write the report').count(), 0);
    await page.reload();
    await heading('Sign in').waitFor();
    await signIn('ann@example.org', 'Wrong-horse-7-battery');
    await refused(/Incorrect username or password/);
    await signIn('nobody@example.org', goodPassword);
    await refused(/Incorrect username or password/);
  });

  it('asks for a second step once that is set up', async () => {
    await signIn('ann@example.org', goodPassword);
    await said('Signed in as ann@example.org.');
    await button('Two-step sign-in').click();
    await heading('Set up two-step sign-in').waitFor();
    await look('two-step-setup');
    await button('Back').click();
    await page.getByRole('listitem').filter({ hasText: 'Two hours later' }).waitFor();
    await button('Two-step sign-in').click();
    await heading('Set up two-step sign-in').waitFor();
    const secret = ((await page.locator('#secret').textContent()) ?? '').replaceAll(' ', '');
    assert.match((await page.locator('#secret-link').getAttribute('href')) ?? '', new RegExp(`^otpauth:.*${secret}`));
    await field('Code').fill(codeAt(secret, Date.now()));
    await button('Turn on').click();
    await said('Two-step sign-in is on.');
    await button('Sign out').click();
    await signIn('ann@example.org', goodPassword);
    await heading('Two-step sign-in').waitFor();
    await look('code');
    const next = codeAt(secret, Date.now() + 30_000);
    await field('Code').fill(next === '000000' ? '000001' : '000000');
    await button('Sign in').click();
    await refused(/Invalid code/);
    await field('Code').fill(next);
    await button('Sign in').click();
    await said('Signed in as ann@example.org.');
    await button('Turn off two-step sign-in').click();
    await said('Two-step sign-in is off.');
    await button('Sign out').click();
    await said('Signed out.');
  });

  it('resets a password that was forgotten', async () => {
    await button('Forgot your password?').click();
    await field('Email').fill('ann@example.org');
    await look('forgot');
    await button('Send code').click();
    await field('New password').waitFor();
    await look('reset');
    await field('Code').fill(await codeFor('ann@example.org'));
    await field('New password').fill(nextPassword);
    await button('Set password').click();
    await said('Signed in as ann@example.org.');
    await page.getByRole('listitem').filter({ hasText: 'Two hours later' }).waitFor();
    await button('Sign out').click();
    await said('Signed out.');
  });

  it('lets somebody in who was invited, with a password of their own', async () => {
    const cognito = cognitoOf(pool);
    await cognito.adminCreateUser({ UserPoolId: pool.userPoolId, Username: 'bob@example.org' });
    cognito.destroy();
    await signIn('bob@example.org', await codeFor('bob@example.org'));
    await heading('Choose a password').waitFor();
    await look('new-password');
    await field('New password').fill(nextPassword);
    await button('Set password').click();
    await said('Signed in as bob@example.org.');
  });
});

/** The files below a folder, by their path in it. */
function filesOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const file = path.join(entry.parentPath, entry.name);
        return [path.relative(folder, file), readFileSync(file, 'utf8')];
      }),
  );
}
