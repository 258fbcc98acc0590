import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { S3 } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { anybody } from '../project.ts';
import type { Scenario, Stage } from '../scenario.ts';

const Uploading = z.object({
  upload: z.object({ url: z.string(), fields: z.record(z.string(), z.string()) }),
});
const Downloading = z.object({ download: z.object({ url: z.string() }) });

/** A route of a storage. What the function signs is used as well: its right is needed only then. */
export function fileScenario(operation: string): Scenario {
  return (stage) => {
    const claims = { ...stage.rows.somebody };
    const run = async () => {
      switch (operation) {
        case 'upload': {
          const filename = 'report.pdf';
          const body = { filename, content_type: 'application/pdf', size: 4 };
          const answer = await stage.ask({ body, claims });
          assert.equal(answer.status, 201, JSON.stringify(answer.body));
          const { url, fields } = Uploading.parse(answer.body).upload;
          const form = new FormData();
          for (const [name, value] of Object.entries(fields)) form.set(name, value);
          form.set('file', new Blob(['%PDF']), filename);
          const sent = await fetch(url, { method: 'POST', body: form });
          assert.ok(sent.ok, await sent.text());
          return;
        }
        case 'list': {
          const answer = await stage.ask({ claims });
          assert.equal(answer.status, 200, JSON.stringify(answer.body));
          return;
        }
        case 'get': {
          const answer = await stage.ask({ id: await put(stage), claims });
          assert.equal(answer.status, 200, JSON.stringify(answer.body));
          const file = await fetch(Downloading.parse(answer.body).download.url);
          assert.equal(await file.text(), 'content');
          return;
        }
        case 'delete': {
          const answer = await stage.ask({ id: await put(stage), claims });
          assert.equal(answer.status, 204, JSON.stringify(answer.body));
          return;
        }
        default:
          throw new Error(`Nobody has written what ${operation} of a storage does.`);
      }
    };
    return [{ title: `${operation} a file`, run }];
  };
}

/** A file of somebody's, as if it had been uploaded; its id. */
async function put({ project, fn, rows }: Stage): Promise<string> {
  const { sub, 'custom:tenant_id': tenant } = rows.somebody;
  const version7 = `0${randomUUID().slice(1, 14)}7${randomUUID().slice(15)}`;
  const place = [project.blueprint.tenancy.mode === 'multi_tenant' ? tenant : '_', sub, version7, 'a.txt'].join('/');
  const s3 = new S3({ endpoint: project.endpoint, region: project.region, credentials: anybody, forcePathStyle: true });
  await s3.putObject({ Bucket: fn.environment.FILES_BUCKET, Key: `files/${place}`, Body: 'content' });
  s3.destroy();
  return Buffer.from(place).toString('base64url');
}
