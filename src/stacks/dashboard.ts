import { kebabCase } from '../blueprint/naming.ts';
import { dashboardBody, type Shown } from './dashboard-body.ts';
import { tableParameter } from './dynamodb.ts';
import { type LayerParameter, literal, metadata, outputOf, sub } from './layer.ts';
import { fitting, handlerLabel, physicalName } from './names.ts';
import { nameParameter, undeliveredId, workQueues } from './queues.ts';
import type { Scope } from './scope.ts';
import { stageName } from './stage-name.ts';
import type { TemplateResource } from './template.ts';
import { userFunctionName } from './user-functions.ts';
import { workflowLabel, workflowName } from './workflow-names.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html */
const nameLimit = 255;

/** The dashboard and what it takes from other stacks; undefined where it is not wanted or nothing runs. */
export function dashboardPart(
  scope: Scope,
): { resources: Record<string, TemplateResource>; parameters: Record<string, LayerParameter> } | undefined {
  const { blueprint } = scope;
  if (!blueprint.monitoring.dashboard) return undefined;
  const functions = functionsOf(scope);
  if (blueprint.api === undefined && functions.length === 0) return undefined;
  const project = `${scope.slug}-${scope.environment}`;
  const parameters: Record<string, LayerParameter> = {};
  const queue = (id: string, label: string): Shown => {
    parameters[nameParameter(id)] = outputOf('sqs', nameParameter(id), `The queue ${label}`);
    return { label: literal(label), name: `\${${nameParameter(id)}}` };
  };
  const work = workQueues(blueprint);
  const body = dashboardBody({
    region: `\${AWS::Region}`,
    service: literal(project),
    ...(blueprint.api === undefined ? {} : { api: { name: literal(`backdrift-${project}`), stage: stageName } }),
    functions,
    tables: blueprint.entities.map((entity) => {
      const name = tableParameter(entity);
      parameters[name] = outputOf('dynamodb', name, `The table of ${entity.plural}`);
      return { label: literal(entity.plural), name: `\${${name}}` };
    }),
    queues: work.map(({ id, label }) => queue(id, label)),
    deadLetters: [
      ...work.map(({ deadLettersId, label }) => queue(deadLettersId, `${label}-dead-letters`)),
      ...(work.some(({ kind }) => kind === 'job') ? [queue(undeliveredId, 'undelivered-schedules')] : []),
    ],
  });
  return {
    resources: {
      Dashboard: {
        Type: 'AWS::CloudWatch::Dashboard',
        Metadata: metadata(`${scope.slug}-dashboard`, 'monitoring'),
        Properties: {
          DashboardName: fitting(`backdrift-${project}`, nameLimit),
          DashboardBody: sub(JSON.stringify(body)),
        },
      },
    },
    parameters,
  };
}

/** The user's own first: what is generated is watched by the figures of the API as a whole. */
function functionsOf(scope: Scope): Shown[] {
  const { blueprint } = scope;
  const shown = [
    ...blueprint.functions.map(({ name }) => ({ label: kebabCase(name), name: userFunctionName(scope, name) })),
    ...blueprint.workflows.map(({ name }) => ({ label: workflowLabel(name), name: workflowName(scope, name) })),
    ...[...scope.resources].flatMap(([entity, { operations }]) =>
      operations.map(({ operation }) => {
        const label = handlerLabel(operation, entity);
        return { label, name: physicalName(scope, label) };
      }),
    ),
  ];
  return shown.map(({ label, name }) => ({ label: literal(label), name: literal(name) }));
}
