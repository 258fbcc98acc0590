/** One line of a graph: namespace, metric, then names and values of dimensions. */
type Metric = readonly [namespace: string, metric: string, ...rest: (string | { [key: string]: string })[]];

/** A thing whose figures are shown: what it is called in the graph, and in AWS. */
export interface Shown {
  label: string;
  name: string;
}

/** What a dashboard shows. */
export interface DashboardPlan {
  region: string;
  /** What the handlers count their requests under: `<project>-<environment>`. */
  service: string;
  api?: { name: string; stage: string };
  /** In the order of their importance: the last ones are left out where there are too many. */
  functions: readonly Shown[];
  tables: readonly Shown[];
  queues: readonly Shown[];
  deadLetters: readonly Shown[];
}

/**
 * Three dashboards of an account are free as long as each shows no more metrics than this.
 * https://aws.amazon.com/cloudwatch/pricing/
 */
export const freeMetrics = 50;

interface Graph {
  title: string;
  stat: string;
  metrics: Metric[];
}

/**
 * The body of a CloudWatch dashboard: API, functions, tables, queues, dead letters. What would go beyond the free number
 * of metrics is left out, least important first.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export function dashboardBody(plan: DashboardPlan): { widgets: object[] } {
  const api = plan.api === undefined ? [] : apiGraphs(plan.api, plan.service);
  let left = freeMetrics - api.flatMap(({ metrics }) => metrics).length;
  /** As many things as there is room for, with so many metrics each. */
  const room = (things: readonly Shown[], each: number): readonly Shown[] => {
    const taken = things.slice(0, Math.floor(left / each));
    left -= taken.length * each;
    return taken;
  };
  const deadLetters = room(plan.deadLetters, 1);
  const queues = room(plan.queues, 2);
  const tables = room(plan.tables.slice(0, 8), 2);
  const functions = room(plan.functions, 2);
  const of =
    (namespace: string, metric: string, dimension: string) =>
    ({ name, label }: Shown): Metric => [namespace, metric, dimension, name, { label }];
  const graphs: Graph[] = [
    ...api,
    { title: 'Errors of functions', stat: 'Sum', metrics: functions.map(of('AWS/Lambda', 'Errors', 'FunctionName')) },
    {
      title: 'Duration of functions (ms, 95 of 100 are faster)',
      stat: 'p95',
      metrics: functions.map(of('AWS/Lambda', 'Duration', 'FunctionName')),
    },
    {
      title: 'Throttled requests to tables',
      stat: 'Sum',
      metrics: tables.flatMap((table): Metric[] => [
        of('AWS/DynamoDB', 'ReadThrottleEvents', 'TableName')({ ...table, label: `${table.label} reads` }),
        of('AWS/DynamoDB', 'WriteThrottleEvents', 'TableName')({ ...table, label: `${table.label} writes` }),
      ]),
    },
    {
      title: 'Messages that wait',
      stat: 'Maximum',
      metrics: queues.map(of('AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName')),
    },
    {
      title: 'Age of the oldest message (s)',
      stat: 'Maximum',
      metrics: queues.map(of('AWS/SQS', 'ApproximateAgeOfOldestMessage', 'QueueName')),
    },
    {
      title: 'Messages that could not be delivered',
      stat: 'Maximum',
      metrics: deadLetters.map(of('AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName')),
    },
  ];
  const shown = graphs.filter(({ metrics }) => metrics.length > 0);
  return { widgets: shown.map((graph, at) => widget(graph, at, plan.region)) };
}

function apiGraphs(api: { name: string; stage: string }, service: string): Graph[] {
  const metric = (name: string, label: string): Metric => [
    'AWS/ApiGateway',
    name,
    'ApiName',
    api.name,
    'Stage',
    api.stage,
    { label },
  ];
  return [
    {
      title: 'Requests to the API',
      stat: 'Sum',
      metrics: [
        metric('Count', 'Requests'),
        metric('4XXError', 'Refused (4xx)'),
        metric('5XXError', 'Failed (5xx)'),
        ['Backdrift', 'Errors', 'Service', service, { label: 'Failed in the handlers' }],
      ],
    },
    {
      title: 'Latency of the API (ms, 95 of 100 are faster)',
      stat: 'p95',
      metrics: [
        metric('Latency', 'Whole request'),
        ['Backdrift', 'Latency', 'Service', service, { label: 'In the handlers' }],
      ],
    },
  ];
}

/** Two graphs a row; a dashboard is 24 units wide. */
function widget({ title, stat, metrics }: Graph, at: number, region: string): object {
  return {
    type: 'metric',
    x: (at % 2) * 12,
    y: Math.floor(at / 2) * 6,
    width: 12,
    height: 6,
    properties: { title, region, stat, period: 300, view: 'timeSeries', metrics },
  };
}
