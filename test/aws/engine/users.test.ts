import assert from 'node:assert/strict';
import { type CommandLine, commandLine } from '../../builders/command-line.ts';
import { type SuiteAws, startSuiteAws } from '../local-aws.ts';
import { join, type Pool, poolOfStack, refresh } from '../support/people.ts';

const blueprint = `project: { name: Staff }
region: us-east-2
auth: { roles: [admin, member] }
entities:
  - name: notice
    fields: [{ name: text, type: string }]
api: { resources: [{ entity: notice, auth: { list: public, get: public, create: admin, update: admin, delete: admin } }] }
`;

describe('the first admin of a backend without tenants', function () {
  this.timeout(180_000);
  let aws: SuiteAws | undefined;
  let cli: CommandLine;
  let pool: Pool;
  let api = '';

  before(async function () {
    aws = await startSuiteAws(this);
    cli = await commandLine();
    await cli.write(blueprint);
    const { exit, out, err } = await run(['deploy']);
    assert.equal(exit, 0, err);
    api = /^API: (.+)$/m.exec(out)?.[1] ?? '';
    pool = await poolOfStack(aws.endpoint, 'backdrift-staff-local-cognito');
  });
  after(async () => {
    await cli?.remove();
    await aws?.stop();
  });

  const run = (words: string[]) =>
    cli.run([...words, '--environment', 'local'], { AWS_ENDPOINT_URL: aws?.endpoint ?? '' });
  const publish = async (token: string) =>
    (
      await fetch(`${api}/notices`, {
        method: 'POST',
        headers: { authorization: token, 'content-type': 'application/json' },
        body: '{"text":"Hello"}',
      })
    ).status;

  it('is made by whoever may deploy, once the person has signed up', async () => {
    const early = await run(['users', 'anna@staff.example', '--add-role', 'admin']);
    assert.equal(early.exit, 1);
    assert.match(early.err, /Nobody has signed up as anna@staff\.example/);

    const anna = await join(pool, { email: 'anna@staff.example' });
    assert.equal(await publish(anna.tokens.id), 403);
    const none = await run(['users', 'anna@staff.example']);
    assert.equal(none.exit, 0, none.err);
    assert.match(none.out, /has no roles/);

    const given = await run(['users', 'anna@staff.example', '--add-role', 'admin']);
    assert.equal(given.exit, 0, given.err);
    assert.match(given.out, /has the roles admin\.\nTheir tokens say so after the next refresh/);
    const tokens = await refresh(pool, anna.tokens);
    assert.equal(await publish(tokens.id), 201);

    const listed = await run(['users', 'anna@staff.example', '--json']);
    assert.deepEqual(JSON.parse(listed.out).roles, ['admin']);
    const taken = await run(['users', 'anna@staff.example', '--remove-role', 'admin']);
    assert.match(taken.out, /has no roles/);
    assert.equal(await publish((await refresh(pool, tokens)).id), 403);
  });

  it('knows the roles of the Blueprint', async () => {
    const wrong = await run(['users', 'anna@staff.example', '--add-role', 'amdin']);
    assert.equal(wrong.exit, 2);
    assert.match(wrong.err, /Did you mean admin\?/);
    assert.equal((await run(['users'])).exit, 2);
  });
});
