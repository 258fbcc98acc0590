import assert from 'node:assert/strict';
import { APIGatewayClient, UpdateAccountCommand } from '@aws-sdk/client-api-gateway';
import fc from 'fast-check';
import { type DiaryEdit, diary, diaryFiles, edits } from '../../builders/diary.ts';
import { type SuiteAws, startSuiteAws } from '../local-aws.ts';
import { assertAsPreviewed, linesOf, livingProject } from '../support/living-project.ts';

describe('a preview follows what the text of the Blueprint does not say', function () {
  this.timeout(120_000);
  let aws: SuiteAws;

  before(async function () {
    aws = await startSuiteAws(this);
  });

  after(() => aws?.stop());

  it('a setting of the account that was turned on since: the access log comes, and is shown before', async () => {
    const project = await livingProject(aws.endpoint, 'settings', diaryFiles);
    try {
      const first = await project.deploy(diary('Settings'));
      assertAsPreviewed(first);
      assert.ok(!linesOf(first.preview).includes('api create AccessLogGroup'));
      await allowLogs(aws.endpoint);
      const second = await project.deploy(diary('Settings'));
      assert.deepEqual(linesOf(second.preview), ['api create AccessLogGroup', 'api update Stage']);
      assertAsPreviewed(second);
    } finally {
      await project.stop();
    }
  });

  it('a table that is replaced: the functions that are told its name are shown too', async () => {
    const project = await livingProject(aws.endpoint, 'keys', diaryFiles);
    try {
      const document = diary('Keys');
      assertAsPreviewed(await project.deploy(document));
      document.entities[0]?.fields.unshift({ name: 'code', primary: true, required: true });
      // Routes carry the key in their path, so that only the table itself is looked at here.
      const deployed = await project.deploy(document);
      const lines = linesOf(deployed.preview);
      assert.ok(lines.includes('dynamodb replace NotesTable'), lines.join('\n'));
      assert.ok(lines.includes('lambda update CreateNoteFunction'), lines.join('\n'));
      assertAsPreviewed(deployed, { outputsMove: true });
    } finally {
      await project.stop();
    }
  });

  it('any edits, one after the other', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom<DiaryEdit[]>(...Object.values(edits)), { minLength: 3, maxLength: 5 }),
        async (chosen) => {
          run += 1;
          const project = await livingProject(aws.endpoint, `any-${run}`, diaryFiles);
          try {
            let document = diary(`Any ${run}`);
            assertAsPreviewed(await project.deploy(document));
            for (const edit of chosen) {
              const edited = structuredClone(document);
              edit(edited);
              const { problems } = await project.preview(edited);
              if (problems.some(({ severity }) => severity === 'error')) continue;
              document = edited;
              assertAsPreviewed(await project.deploy(document));
            }
          } finally {
            await project.stop();
          }
        },
      ),
      { numRuns: 3, endOnFailure: true },
    );
  });
});

async function allowLogs(endpoint: string): Promise<void> {
  const client = new APIGatewayClient({
    endpoint,
    region: 'us-east-2',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const value = 'arn:aws:iam::123456789012:role/logs';
  await client.send(
    new UpdateAccountCommand({ patchOperations: [{ op: 'replace', path: '/cloudwatchRoleArn', value }] }),
  );
  client.destroy();
}
