import { apiParts } from './api-parts.ts';
import { apiProblems } from './api-problems.ts';
import { accessLogsCondition, accessLogsParameter, stageResources } from './api-stage.ts';
import { userPoolArnParameter } from './cognito.ts';
import { type LayerContent, type LayerParameter, metadata, outputOf, ref, sub } from './layer.ts';
import { sha256 } from './names.ts';
import { openapiBody } from './openapi-body.ts';
import type { Scope } from './scope.ts';
import { stageName } from './stage-name.ts';
import type { TemplateResource, TemplateValue } from './template.ts';
import { digestOf, type Written, type WrittenMembers, write, writeMembers, writeObject } from './written.ts';

/** The REST API: one document, a deployment that changes with it, and a stage with throttling. */
export function api(scope: Scope): LayerContent {
  const { api: declared, auth } = scope.blueprint;
  if (declared === undefined) return { resources: [] };
  const parts = apiParts(scope, declared);
  const routes = parts.flatMap((part) => part.routes);
  const usesPool = auth !== undefined && routes.some((route) => route.access.level !== 'public');
  const name = `backdrift-${scope.slug}-${scope.environment}`;
  const described = parts.map((part) => part.described);
  const surroundings = {
    authorizer: usesPool,
    ...(declared.cors === undefined ? {} : { origins: declared.cors.origins }),
  };
  // A deployment is a snapshot: only a new one, with another logical id, makes a changed API live. The hash is put
  // together from hashes of the parts, which are remembered.
  const frame = openapiBody(name, [], surroundings);
  const digests = described.map((part) => digestOf(part.paths));
  const deploymentId = `ApiDeployment${sha256([frame.text, ...digests].join('\n')).slice(0, 12)}`;
  return {
    resources: [
      restApi(scope, name, openapiBody(name, described, surroundings)),
      writeMembers(stageResources(scope, declared, deploymentId, name)),
      ...parts.map((part) => part.permissions),
    ],
    parameters: parametersOf(usesPool),
    conditions: { [accessLogsCondition]: { 'Fn::Equals': [ref(accessLogsParameter), 'true'] } },
    outputs: {
      RestApiId: { Description: 'The REST API', Value: ref('RestApi') },
      StageName: { Description: 'Its stage', Value: ref('Stage') },
      ApiUrl: {
        Description: 'Where the API answers; /health is below it',
        Value: sub(`https://\${RestApi}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}/${stageName}`),
      },
    },
    problems: apiProblems(scope, routes),
  };
}

function restApi(
  scope: Scope,
  name: string,
  body: Written<{ [key: string]: TemplateValue }>,
): WrittenMembers<TemplateResource> {
  const Type = 'AWS::ApiGateway::RestApi';
  const Metadata = metadata(`${scope.slug}-api`, 'api');
  const properties = writeObject({
    Name: write(name),
    EndpointConfiguration: write({ Types: ['REGIONAL'] }),
    Body: body,
  });
  return {
    members: [['RestApi', { Type, Metadata, Properties: properties.value }]],
    text: `"RestApi":{"Type":${JSON.stringify(Type)},"Metadata":${JSON.stringify(Metadata)},"Properties":${properties.text}}`,
  };
}

function parametersOf(usesPool: boolean): Record<string, LayerParameter> {
  return {
    ...(usesPool
      ? { [userPoolArnParameter]: outputOf('cognito', userPoolArnParameter, 'The user pool whose tokens are accepted') }
      : {}),
    [accessLogsParameter]: {
      description: 'true when API Gateway may write logs in this account',
      source: { from: 'account-setting', setting: 'api-gateway-logs' },
    },
  };
}
