import assert from 'node:assert/strict';
import { type SuiteAws, startSuiteAws } from '../local-aws.ts';
import { assertProblem, type DeployedBackend, deployBackend, idOf, itemsOf, type SignedIn } from './deployed.ts';

describe('the blog, as strangers, readers and editors meet it', function () {
  this.timeout(120_000);
  let aws: SuiteAws | undefined;
  let blog: DeployedBackend;
  let editor: SignedIn;
  let reader: SignedIn;
  let other: SignedIn;

  before(async function () {
    aws = await startSuiteAws(this);
    blog = await deployBackend(aws, { example: 'blog' }, { slug: 'blog' });
    [editor, reader, other] = await Promise.all([
      blog.join({ email: 'editor@example.com', groups: ['editor'] }),
      blog.join({ email: 'reader@example.com' }),
      blog.join({ email: 'other@example.com' }),
    ]);
  });
  after(async () => {
    await blog?.remove();
    await aws?.stop();
  });

  const post = (slug: string) => ({ slug, title: 'On deploying', body: 'Look before you leap.', status: 'published' });

  it('is read by everyone, and written by editors alone', async () => {
    for (const as of [undefined, reader]) {
      const refused = await blog.call('POST', '/posts', { as, body: post('not-mine') });
      assertProblem(refused, as === undefined ? 401 : 403);
    }
    const id = idOf(await blog.call('POST', '/posts', { as: editor, body: post('first') }));
    for (const as of [undefined, reader, editor]) {
      const read = await blog.call('GET', `/posts/${id}`, { as });
      assert.equal(read.status, 200, read.text);
      assert.equal(read.body.slug, 'first');
      assert.ok(itemsOf(await blog.call('GET', '/posts', { as })).some((row) => row.id === id));
    }
    assertProblem(await blog.call('PATCH', `/posts/${id}`, { as: reader, body: { title: 'Mine' } }), 403);
    assertProblem(await blog.call('DELETE', `/posts/${id}`, { as: reader }), 403);
    const changed = await blog.call('PATCH', `/posts/${id}`, { as: editor, body: { title: 'On rolling back' } });
    assert.equal(changed.status, 200, changed.text);
    assert.equal((await blog.call('GET', `/posts/${id}`)).body.title, 'On rolling back');
  });

  it('has each address of a post once', async () => {
    const id = idOf(await blog.call('POST', '/posts', { as: editor, body: post('only-once') }));
    assertProblem(await blog.call('POST', '/posts', { as: editor, body: post('only-once') }), 409);
    assert.equal((await blog.call('DELETE', `/posts/${id}`, { as: editor })).status, 204);
    idOf(await blog.call('POST', '/posts', { as: editor, body: post('only-once') }));
  });

  it('lists what is published, newest first', async () => {
    for (const [slug, published_at] of [
      ['older', '2026-01-01T00:00:00Z'],
      ['newer', '2026-02-01T00:00:00Z'],
    ])
      idOf(await blog.call('POST', '/posts', { as: editor, body: { ...post(`dated-${slug}`), published_at } }));
    idOf(
      await blog.call('POST', '/posts', {
        as: editor,
        body: { ...post('dated-draft'), status: 'draft', published_at: '2026-03-01T00:00:00Z' },
      }),
    );
    const rows = itemsOf(await blog.call('GET', '/posts?status=published&sort=-published_at'));
    const slugs = rows.map(({ slug }) => slug).filter((slug) => String(slug).startsWith('dated-'));
    assert.deepEqual(slugs, ['dated-newer', 'dated-older']);
  });

  it('lets a comment be taken back by who wrote it, and takes comments away with their post', async () => {
    const id = idOf(await blog.call('POST', '/posts', { as: editor, body: post('discussed') }));
    const said = { post_id: id, text: 'Well said.' };
    assertProblem(await blog.call('POST', '/comments', { body: said }), 401);
    assertProblem(await blog.call('POST', '/comments', { as: reader, body: { ...said, reader_id: other.sub } }), 400);
    const comment = await blog.call('POST', '/comments', { as: reader, body: said });
    assert.equal(comment.body.reader_id, reader.sub);
    const mine = idOf(comment);
    const theirs = idOf(await blog.call('POST', '/comments', { as: other, body: said }));
    assertProblem(await blog.call('DELETE', `/comments/${mine}`, { as: other }), 403);
    assertProblem(await blog.call('DELETE', `/comments/${mine}`, { as: editor }), 403);
    assert.equal((await blog.call('DELETE', `/comments/${mine}`, { as: reader })).status, 204);
    assertProblem(await blog.call('GET', `/comments/${mine}`), 404);
    assert.equal((await blog.call('DELETE', `/posts/${id}`, { as: editor })).status, 204);
    assertProblem(await blog.call('GET', `/comments/${theirs}`), 404);
  });

  it('keeps an author who has posts', async () => {
    const author_id = idOf(await blog.call('POST', '/authors', { as: editor, body: { name: 'Ada' } }));
    const id = idOf(await blog.call('POST', '/posts', { as: editor, body: { ...post('by-ada'), author_id } }));
    assertProblem(await blog.call('DELETE', `/authors/${author_id}`, { as: editor }), 409);
    assert.equal((await blog.call('DELETE', `/posts/${id}`, { as: editor })).status, 204);
    assert.equal((await blog.call('DELETE', `/authors/${author_id}`, { as: editor })).status, 204);
    const nobody = await blog.call('POST', '/posts', { as: editor, body: { ...post('by-nobody'), author_id } });
    assertProblem(nobody, 400);
  });
});
