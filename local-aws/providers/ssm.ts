import * as z from 'zod';
import type { Aws } from './aws.ts';
import { text, textMap } from './property.ts';
import type { ResourceProvider } from './provider.ts';
import { jsonCall } from './service-call.ts';

const Parameter = z.looseObject({
  Name: text.optional(),
  Type: z.enum(['String', 'StringList']),
  Value: text,
  Description: text.optional(),
  AllowedPattern: text.optional(),
  DataType: text.optional(),
  Tier: text.optional(),
  /** A map here, unlike in most types. */
  Tags: textMap.optional(),
});
type Parameter = z.infer<typeof Parameter>;

/** AWS::SSM::Parameter. */
export function parameter(aws: Aws): ResourceProvider {
  const call = (region: string, action: string, input: Record<string, unknown>) =>
    jsonCall(aws.endpoint, { service: 'ssm', region, prefix: 'AmazonSSM' }, action, input);

  function input(Name: string, wanted: Parameter): Record<string, unknown> {
    return {
      Name,
      Type: wanted.Type,
      Value: wanted.Value,
      Description: wanted.Description,
      AllowedPattern: wanted.AllowedPattern,
      DataType: wanted.DataType,
      Tier: wanted.Tier,
    };
  }

  const result = (name: string, wanted: Parameter) => ({
    physicalId: name,
    attributes: { Type: wanted.Type, Value: wanted.Value },
  });

  return {
    create: async (request) => {
      const wanted = Parameter.parse(request.properties);
      const name = wanted.Name ?? request.generatedName(1011);
      const tags = Object.entries(wanted.Tags ?? {});
      await call(request.region, 'PutParameter', {
        ...input(name, wanted),
        ...(tags.length > 0 && { Tags: tags.map(([Key, Value]) => ({ Key, Value })) }),
      });
      return result(name, wanted);
    },
    update: async (request) => {
      const next = Parameter.parse(request.properties);
      await call(request.region, 'PutParameter', { ...input(request.physicalId, next), Overwrite: true });
      return result(request.physicalId, next);
    },
    delete: async (request) => {
      await call(request.region, 'DeleteParameter', { Name: request.physicalId });
    },
  };
}
