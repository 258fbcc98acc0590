import * as z from 'zod';
import type { OtherServices } from './cloudformation/engine.ts';

/** moto, asked for the few things that CloudFormation itself reads: templates in S3, parameters, secrets. */
export function createMotoServices(endpoint: string): OtherServices {
  const headers = (region: string, service: string) => ({
    // moto finds the service and the region in the scope, and checks no signature.
    authorization: `AWS4-HMAC-SHA256 Credential=local/20200101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=local`,
  });
  const json = async (region: string, service: string, target: string, input: unknown): Promise<unknown> => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        ...headers(region, service),
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': target,
      },
      body: JSON.stringify(input),
    });
    const text = await response.text();
    // Not found, whatever the service calls it.
    if (response.status >= 400 && response.status < 500) return undefined;
    if (!response.ok) throw new Error(`moto answered ${target} with ${response.status}: ${text.slice(0, 200)}`);
    return JSON.parse(text);
  };
  const parameter = async (region: string, name: string) => {
    const answer = parameterAnswer.safeParse(
      await json(region, 'ssm', 'AmazonSSM.GetParameter', { Name: name, WithDecryption: true }),
    );
    return answer.data?.Parameter.Value;
  };
  return {
    async readObject({ bucket, key, versionId }, maximumBytes) {
      const path = [bucket, ...key.split('/')].map(encodeURIComponent).join('/');
      const query = versionId === undefined ? '' : `?versionId=${encodeURIComponent(versionId)}`;
      const response = await fetch(`${endpoint}/${path}${query}`, { headers: headers('us-east-1', 's3') });
      if (!response.ok) {
        const text = await response.text();
        const message = /<Message>([^<]*)<\/Message>/.exec(text)?.[1] ?? 'Access Denied';
        return { found: false, reason: message };
      }
      if (Number(response.headers.get('content-length') ?? 0) > maximumBytes) {
        await response.body?.cancel();
        return { found: false, reason: `the template is larger than ${maximumBytes} bytes.` };
      }
      return { found: true, text: await response.text() };
    },
    ssm: (region) => (name) => parameter(region, name),
    dynamic: (region) => async (service, reference) => {
      if (service !== 'secretsmanager') return parameter(region, reference);
      const [id, key, stage, version] = secretParts(reference);
      const answer = secretAnswer.safeParse(
        await json(region, 'secretsmanager', 'secretsmanager.GetSecretValue', {
          SecretId: id,
          ...(stage && { VersionStage: stage }),
          ...(version && { VersionId: version }),
        }),
      );
      const secret = answer.data?.SecretString;
      if (secret === undefined || !key) return secret;
      const fields = z.record(z.string(), z.unknown()).safeParse(parsedOrUndefined(secret));
      const value = fields.data?.[key];
      return typeof value === 'string' ? value : undefined;
    },
  };
}

const parameterAnswer = z.object({ Parameter: z.object({ Value: z.string() }) });
const secretAnswer = z.object({ SecretString: z.string() });

/** `id:SecretString:key:stage:version`, where the id may be an ARN, which has colons itself. */
function secretParts(reference: string): (string | undefined)[] {
  const at = reference.indexOf(':SecretString');
  if (at < 0) return [reference];
  const [key, stage, version] = reference.slice(at + ':SecretString:'.length).split(':');
  return [reference.slice(0, at), key, stage, version];
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A secret that is plain text has no keys.
    return undefined;
  }
}

/** The same without moto: nothing is to be found anywhere. */
export const noServices: OtherServices = {
  readObject: async () => ({ found: false, reason: 'there is no S3 without moto. Send the template as TemplateBody.' }),
  ssm: () => async () => undefined,
  dynamic: () => async () => undefined,
};
