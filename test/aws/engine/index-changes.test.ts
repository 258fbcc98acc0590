import assert from 'node:assert/strict';
import { type Diary, diary, diaryFiles, edits } from '../../builders/diary.ts';
import { type SuiteAws, startSuiteAws } from '../local-aws.ts';
import { assertAsPreviewed, type LivingProject, livingProject } from '../support/living-project.ts';

describe('several index changes of one table in one deployment', function () {
  this.timeout(120_000);
  let aws: SuiteAws | undefined;
  let project: LivingProject;

  before(async function () {
    aws = await startSuiteAws(this);
    project = await livingProject(aws.endpoint, 'diary', diaryFiles);
    const start = diary();
    edits.addEntity(start);
    await project.deploy(start);
  });

  after(async () => {
    await project?.stop();
    await aws?.stop();
  });

  function withTwo(): Diary {
    const document = diary();
    for (const edit of [edits.addEntity, edits.addRoutes, edits.addReference]) edit(document);
    return document;
  }

  it('are a problem of the preview, with the way out', async () => {
    const { problems } = await project.preview(withTwo());
    assert.deepEqual(
      problems.map(({ code, severity, path }) => ({ code, severity, path })),
      [{ code: 'several-index-changes', severity: 'error', path: ['entities', 1] }],
    );
    assert.match(problems[0]?.message ?? '', /^tags-table would gain or lose 2 indexes at once \(.+\)/);
    assert.match(problems[0]?.hint ?? '', /one at a time/);
  });

  it('are refused by the service in a sentence that says so, and nothing is half done', async () => {
    const { outcome, progress } = await project.deploy(withTwo());
    assert.equal(outcome.result, 'partial');
    const database = progress.stacks.find(({ layer }) => layer === 'dynamodb');
    assert.equal(database?.status, 'failed');
    assert.match(
      database.reason ?? '',
      /^TagsTable \(AWS::DynamoDB::Table\): .*more than one GSI creation or deletion/,
    );
  });

  it('one at a time they go through', async () => {
    const document = diary();
    for (const edit of [edits.addEntity, edits.addRoutes]) edit(document);
    assertAsPreviewed(await project.deploy(document));
    edits.addReference(document);
    assertAsPreviewed(await project.deploy(document));
  });
});
