import type { Entity } from '../blueprint/blueprint.ts';
import { alarmActions } from './alarm-names.ts';
import { keyAttributes, keyType, ttlOf } from './entity-model.ts';
import { indexesOf, type TableIndex } from './indexes.ts';
import { type LayerContent, metadata, ref } from './layer.ts';
import { listAttribute, tableVariable } from './model.ts';
import { tableId } from './names.ts';
import { attributeOf } from './relations.ts';
import { inputsOf, type Scope } from './scope.ts';
import type { CompileProblem } from './stack.ts';
import type { TemplateResource, TemplateValue } from './template.ts';
import { remembering, type WrittenMembers, writeMembers } from './written.ts';

/** DynamoDB's quota. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
const indexLimit = 20;

interface TablePart {
  resources: WrittenMembers<TemplateResource>;
  problems: CompileProblem[];
}

const remembered = remembering<TablePart>();

/**
 * One table per entity: on demand, restorable to any second of the last 35 days, encrypted, and never deleted with its
 * stack. Each has an alarm on throttled requests. The table's own name is chosen by CloudFormation, so that a table
 * can be replaced; it travels to the functions as an output.
 */
export function dynamodb(scope: Scope): LayerContent {
  const parts = scope.blueprint.entities.map((entity) =>
    remembered(entity, inputsOf(scope, entity), () => tablePart(scope, entity)),
  );
  return {
    resources: parts.map((part) => part.resources),
    outputs: Object.fromEntries(
      scope.blueprint.entities.map((entity) => [
        tableParameter(entity),
        { Description: `The table of ${entity.plural}`, Value: ref(tableId(entity)) },
      ]),
    ),
    // Paths are kept relative to the entity: its place in the list may change while it stays the same.
    problems: [
      ...parts.flatMap((part, position) =>
        part.problems.map((problem) => ({ ...problem, path: ['entities', position, ...problem.path] })),
      ),
      ...variableProblems(scope.blueprint.entities),
    ],
  };
}

/** The name of the output, and of the parameter in other stacks, that carries a table's name. */
export function tableParameter(entity: Entity): string {
  return `${tableId(entity)}Name`;
}

function tablePart(scope: Scope, entity: Entity): TablePart {
  const key = keyAttributes(entity);
  const indexes = indexesOf(scope, entity);
  const ttl = ttlOf(entity);
  const tableSchema = { ...key, partition: [key.partition] };
  const attributes = [...new Set([tableSchema, ...indexes].flatMap(keyNames))];
  const id = tableId(entity);
  const label = `${entity.plural}-table`;
  const source = entity.implied ? 'tenancy' : `entities.${entity.name}`;
  const table: TemplateResource = {
    Type: 'AWS::DynamoDB::Table',
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Metadata: metadata(label, source),
    Properties: {
      AttributeDefinitions: attributes.map((name) => ({
        AttributeName: name,
        AttributeType: name === listAttribute ? 'S' : (keyType(entity, name) ?? 'S'),
      })),
      KeySchema: keySchema(tableSchema),
      BillingMode: 'PAY_PER_REQUEST',
      ...(indexes.length === 0
        ? {}
        : {
            GlobalSecondaryIndexes: indexes.map((index) => ({
              IndexName: index.name,
              KeySchema: keySchema(index),
              Projection: { ProjectionType: 'ALL' },
            })),
          }),
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      DeletionProtectionEnabled: true,
      ...(ttl === undefined ? {} : { TimeToLiveSpecification: { AttributeName: ttl.attribute, Enabled: true } }),
    },
  };
  return {
    resources: writeMembers({ [id]: table, [`${id}ThrottlesAlarm`]: throttlesAlarm(scope, id, label, source) }),
    problems: problemsOf(entity, attributes, indexes),
  };
}

type KeyShape = { partition: readonly string[]; sort?: string };

function keyNames({ partition, sort }: KeyShape): string[] {
  return sort === undefined ? [...partition] : [...partition, sort];
}

function keySchema({ partition, sort }: KeyShape): TemplateValue {
  return [
    ...partition.map((name) => ({ AttributeName: name, KeyType: 'HASH' })),
    ...(sort === undefined ? [] : [{ AttributeName: sort, KeyType: 'RANGE' }]),
  ];
}

function throttlesAlarm(scope: Scope, id: string, label: string, source: string): TemplateResource {
  const metric = (name: string, letter: string) => ({
    Id: letter,
    ReturnData: false,
    MetricStat: {
      Metric: { Namespace: 'AWS/DynamoDB', MetricName: name, Dimensions: [{ Name: 'TableName', Value: ref(id) }] },
      Period: 300,
      Stat: 'Sum',
    },
  });
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Metadata: metadata(`${label}-throttles`, source),
    Properties: {
      ...alarmActions(scope),
      AlarmDescription: `Requests to ${label} were throttled: the traffic grew faster than DynamoDB could follow, or one key takes most of it.`,
      Metrics: [
        {
          Id: 'throttles',
          // The metrics only exist while there are throttles, and a sum with one that is missing is missing.
          Expression: 'FILL(reads, 0) + FILL(writes, 0)',
          Label: 'Throttled requests',
          ReturnData: true,
        },
        metric('ReadThrottleEvents', 'reads'),
        metric('WriteThrottleEvents', 'writes'),
      ],
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    },
  };
}

function problemsOf(entity: Entity, attributes: string[], indexes: TableIndex[]): CompileProblem[] {
  const problems: CompileProblem[] = [];
  if (indexes.length > indexLimit) {
    problems.push({
      code: 'too-many-indexes',
      severity: 'error',
      message: `The table of ${entity.plural} would have ${indexes.length} indexes; DynamoDB allows ${indexLimit}.`,
      hint: 'Remove indexes, or references (each has an index).',
      path: ['indexes'],
    });
  }
  for (const name of attributes) {
    if (name === listAttribute || keyType(entity, name) !== undefined) continue;
    problems.push({
      code: 'index-key-type',
      severity: 'error',
      message: `${entity.name}.${name} cannot be part of a key or an index: DynamoDB takes text and numbers there.`,
      hint: 'Use an enum of two values instead of a boolean.',
      path: ['fields', entity.fields.findIndex((field) => attributeOf(field) === name)],
    });
  }
  for (const index of indexes) {
    if (index.name.length >= 3) continue;
    problems.push({
      code: 'index-name-too-short',
      severity: 'error',
      message: `The index ${index.name} of ${entity.name} needs a name of at least three characters.`,
      hint: `Call it by_${index.partition.at(-1)}.`,
      path: ['indexes', entity.indexes.findIndex(({ name }) => name === index.name), 'name'],
    });
  }
  return problems;
}

/** Functions find tables by environment variables, which know neither case nor punctuation. */
function variableProblems(entities: readonly Entity[]): CompileProblem[] {
  const known = new Map<string, string>();
  return entities.flatMap((entity, position): CompileProblem[] => {
    const name = tableVariable(entity.name);
    const other = known.get(name);
    known.set(name, other ?? entity.name);
    if (other === undefined) return [];
    return [
      {
        code: 'variable-collision',
        severity: 'error',
        message: `The tables of ${other} and ${entity.name} would both be called ${name} in the functions.`,
        hint: 'Rename one of the two.',
        path: ['entities', position, 'name'],
      },
    ];
  });
}
