import assert from 'node:assert/strict';
import { type SuiteAws, startSuiteAws } from '../local-aws.ts';
import { assertProblem, type DeployedBackend, deployBackend, idOf, itemsOf, type SignedIn } from './deployed.ts';

describe('the task manager, as its team and strangers meet it', function () {
  this.timeout(120_000);
  let aws: SuiteAws | undefined;
  let backend: DeployedBackend;
  let admin: SignedIn;
  let ann: SignedIn;
  let ben: SignedIn;

  before(async function () {
    aws = await startSuiteAws(this);
    backend = await deployBackend(aws, { example: 'task-manager' }, { slug: 'task-manager' });
    [admin, ann, ben] = await Promise.all([
      backend.join({ email: 'admin@example.com', groups: ['admin'] }),
      backend.join({ email: 'ann@example.com', groups: ['member'] }),
      backend.join({ email: 'ben@example.com', groups: ['member'] }),
    ]);
  });
  after(async () => {
    await backend?.remove();
    await aws?.stop();
  });

  it('shows a stranger the announcements, and nothing else', async () => {
    const body = { title: 'Hello', level: 'info' };
    assertProblem(await backend.call('POST', '/v1/announcements', { as: ann, body }), 403);
    const id = idOf(await backend.call('POST', '/v1/announcements', { as: admin, body }));
    assert.equal((await backend.call('GET', `/v1/announcements/${id}`)).status, 200);
    assert.ok(itemsOf(await backend.call('GET', '/v1/announcements')).some((row) => row.id === id));
    for (const path of ['/v1/tasks', '/v1/projects', '/v1/comments', `/v1/tasks/${id}`])
      assertProblem(await backend.call('GET', path), 401);
    for (const path of ['/v1/tasks', '/v1/projects', '/v1/comments', '/v1/announcements'])
      assertProblem(await backend.call('POST', path, { body: {} }), 401);
  });

  it('makes a task its creator’s, fills in what was left out, and says which fields are wrong', async () => {
    const made = await backend.call('POST', '/v1/tasks', { as: ann, body: { title: 'Write tests' } });
    const id = idOf(made);
    assert.equal(made.body.owner_id, ann.sub);
    assert.equal(made.body.status, 'open');
    assert.equal(made.body.priority, 'medium');
    assert.equal(made.body.due_on, null);
    assert.equal(made.body.created_at, made.body.updated_at);
    assert.deepEqual((await backend.call('GET', `/v1/tasks/${id}`, { as: ben })).body, made.body);
    const wrong = await backend.call('POST', '/v1/tasks', {
      as: ann,
      body: { title: 'x', due_on: '2026-02-30', priority: 'medium' },
    });
    assertProblem(wrong, 400);
    assert.deepEqual(wrong.body.errors, [{ field: 'due_on', message: 'must be a day such as 2026-03-31' }]);
  });

  it('lets only the owner delete a task, and takes its comments along', async () => {
    const id = idOf(await backend.call('POST', '/v1/tasks', { as: ann, body: { title: 'Mine' } }));
    const remark = { task_id: id, text: 'When?' };
    const comment = idOf(await backend.call('POST', '/v1/comments', { as: ben, body: remark }));
    assertProblem(await backend.call('PATCH', `/v1/comments/${comment}`, { as: ann, body: { text: 'Now' } }), 403);
    assertProblem(await backend.call('DELETE', `/v1/tasks/${id}`, { as: ben }), 403);
    assertProblem(await backend.call('DELETE', `/v1/tasks/${id}`, { as: admin }), 403);
    assert.equal((await backend.call('DELETE', `/v1/tasks/${id}`, { as: ann })).status, 204);
    assertProblem(await backend.call('GET', `/v1/tasks/${id}`, { as: ann }), 404);
    assertProblem(await backend.call('GET', `/v1/comments/${comment}`, { as: ben }), 404);
  });

  it('takes a deleted project off its tasks', async () => {
    const project_id = idOf(await backend.call('POST', '/v1/projects', { as: ben, body: { name: 'Move' } }));
    const id = idOf(await backend.call('POST', '/v1/tasks', { as: ann, body: { title: 'Pack', project_id } }));
    assert.deepEqual(
      itemsOf(await backend.call('GET', `/v1/tasks?project_id=${project_id}`, { as: ben })).map((row) => row.id),
      [id],
    );
    assertProblem(await backend.call('DELETE', `/v1/projects/${project_id}`, { as: ben }), 403);
    assert.equal((await backend.call('DELETE', `/v1/projects/${project_id}`, { as: admin })).status, 204);
    const kept = await backend.call('GET', `/v1/tasks/${id}`, { as: ann });
    assert.equal(kept.status, 200);
    assert.equal(kept.body.project_id, null);
  });

  it('does not let one person overwrite what another has changed meanwhile', async () => {
    const made = await backend.call('POST', '/v1/tasks', { as: ann, body: { title: 'Draft' } });
    const id = idOf(made);
    const seen = made.headers.get('etag') ?? '';
    assert.notEqual(seen, '');
    const first = await backend.call('PATCH', `/v1/tasks/${id}`, {
      as: ben,
      body: { status: 'doing' },
      headers: { 'if-match': seen },
    });
    assert.equal(first.status, 200, first.text);
    const late = { as: ann, body: { status: 'done' }, headers: { 'if-match': seen } };
    assertProblem(await backend.call('PATCH', `/v1/tasks/${id}`, late), 412);
    assert.equal((await backend.call('GET', `/v1/tasks/${id}`, { as: ann })).body.status, 'doing');
    const unchanged = await backend.call('GET', `/v1/tasks/${id}`, {
      as: ann,
      headers: { 'if-none-match': first.headers.get('etag') ?? '' },
    });
    assert.equal(unchanged.status, 304, unchanged.text);
    assert.equal(unchanged.text, '');
  });

  it('refuses every token that is not one of this pool', async () => {
    const [header = '', payload = '', signature = ''] = ann.tokens.id.split('.');
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    assert.ok(typeof claims === 'object' && claims !== null);
    const with_ = (more: object) => Buffer.from(JSON.stringify({ ...claims, ...more })).toString('base64url');
    const unsigned = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
    const tokens = [
      '',
      'nonsense',
      `${header}.${payload}.`,
      `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
      `${header}.${with_({ 'cognito:groups': ['admin'] })}.${signature}`,
      `${header}.${with_({ sub: ben.sub })}.${signature}`,
      `${unsigned}.${with_({ 'cognito:groups': ['admin'] })}.`,
      ann.tokens.access,
      ann.tokens.refresh,
    ];
    for (const token of tokens) {
      const answer = await backend.call('GET', '/v1/tasks', { headers: { authorization: `Bearer ${token}` } });
      assertProblem(answer, 401);
    }
    assert.equal((await backend.call('GET', '/v1/tasks', { as: ann })).status, 200);
  });
});
