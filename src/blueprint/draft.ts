import * as z from 'zod';
import { type EntityDraft, entityDraft } from './entity-draft.ts';
import { type Finding, under } from './finding.ts';
import { keysAt } from './language.ts';
import type { BlueprintPath } from './problem.ts';
import {
  apiSchema,
  type BlueprintDocument,
  blueprintSchema,
  endpointSchema,
  functionSchema,
  jobSchema,
  queueSchema,
  resourceSchema,
  storageSchema,
  suppressionSchema,
  workflowSchema,
} from './schema.ts';
import { itemShape, type Shaped, shapeOf } from './shape.ts';
import { childOf, entryOf, itemsOf, type SourceItem, type SourceNode } from './source.ts';
import { closest, oneOf } from './suggest.ts';

/** A sound value and where it stands. */
export interface Sound<T> {
  path: BlueprintPath;
  value: T;
}

type Api = z.output<typeof apiSchema>;

/**
 * What is sound of a Blueprint that may be broken: every list item and section that is as the schema wants it. Checks
 * work on this, so that one mistake does not hide the others.
 */
export interface Draft {
  project?: BlueprintDocument['project'];
  region?: BlueprintDocument['region'];
  environments: BlueprintDocument['environments'];
  auth?: NonNullable<BlueprintDocument['auth']>;
  tenancy?: NonNullable<BlueprintDocument['tenancy']>;
  /** One for each item of the list, sound or not, in its order. */
  entities: readonly EntityDraft[];
  api?: {
    settings?: Omit<Api, 'resources' | 'endpoints'>;
    resources: Sound<Api['resources'][number]>[];
    endpoints: Sound<Api['endpoints'][number]>[];
  };
  functions: Sound<BlueprintDocument['functions'][number]>[];
  jobs: Sound<BlueprintDocument['jobs'][number]>[];
  queues: Sound<BlueprintDocument['queues'][number]>[];
  storage: Sound<BlueprintDocument['storage'][number]>[];
  workflows: Sound<BlueprintDocument['workflows'][number]>[];
  monitoring?: NonNullable<BlueprintDocument['monitoring']>;
  frontend?: NonNullable<BlueprintDocument['frontend']>;
  /** The whole document; absent when any part of it is not as the schema wants it. */
  document?: BlueprintDocument;
  findings: Finding[];
}

const shapes = {
  resources: itemShape(resourceSchema, ['api', 'resources']),
  endpoints: itemShape(endpointSchema, ['api', 'endpoints']),
  functions: itemShape(functionSchema, ['functions']),
  jobs: itemShape(jobSchema, ['jobs']),
  queues: itemShape(queueSchema, ['queues']),
  storage: itemShape(storageSchema, ['storage']),
  workflows: itemShape(workflowSchema, ['workflows']),
  suppress: itemShape(suppressionSchema, ['validation', 'suppress']),
};
const apiSettings = apiSchema.omit({ resources: true, endpoints: true });
const root = blueprintSchema.shape;

/** Checks a source tree against the language, part by part. */
export function draftOf(tree: SourceNode): Draft {
  const findings: Finding[] = [];
  let sound = checkRoot(tree, findings);

  function section<S extends z.ZodType>(schema: S, key: string): z.output<S> | undefined {
    const node = childOf(tree, key);
    if (node === undefined) {
      const absent = schema.safeParse(undefined);
      return absent.success ? absent.data : undefined;
    }
    const shaped = shapeOf(schema, node, [key]);
    note(shaped, [key]);
    return shaped.value;
  }
  function list<T>(
    shape: (node: SourceNode) => Shaped<T>,
    path: BlueprintPath,
    node: SourceNode | undefined,
  ): Sound<T>[] {
    return listItems(node, path).flatMap((item, index) => {
      const at = [...path, index];
      const shaped = shape(item.node);
      if (!shaped.sound) note(shaped, at);
      return shaped.sound && shaped.value !== undefined ? [{ path: at, value: shaped.value }] : [];
    });
  }
  function listItems(node: SourceNode | undefined, path: BlueprintPath): readonly SourceItem[] {
    if (node !== undefined && node.kind !== 'list') note(shapeOf(z.array(z.unknown()), node, path), path);
    return itemsOf(node);
  }
  function note(shaped: Shaped<unknown>, path: BlueprintPath): void {
    if (shaped.sound) return;
    sound = false;
    findings.push(...under(path, shaped.findings));
  }

  const entities = listItems(childOf(tree, 'entities'), ['entities']).map((item) => entityDraft(item.node));
  entities.forEach((entity, index) => {
    if (entity.findings.length === 0) return;
    sound = false;
    findings.push(...under(['entities', index], entity.findings));
  });

  const api = apiOf();
  const validation = validationOf();
  const project = section(root.project, 'project');
  const region = section(root.region, 'region');
  const environments = section(root.environments, 'environments') ?? {};
  const auth = section(root.auth, 'auth');
  const tenancy = section(root.tenancy, 'tenancy');
  const frontend = section(root.frontend, 'frontend');
  const monitoring = section(root.monitoring, 'monitoring');
  const cost = section(root.cost, 'cost');
  const schema = section(root.$schema, '$schema');
  const lists = {
    functions: list(shapes.functions, ['functions'], childOf(tree, 'functions')),
    jobs: list(shapes.jobs, ['jobs'], childOf(tree, 'jobs')),
    queues: list(shapes.queues, ['queues'], childOf(tree, 'queues')),
    storage: list(shapes.storage, ['storage'], childOf(tree, 'storage')),
    workflows: list(shapes.workflows, ['workflows'], childOf(tree, 'workflows')),
  };

  const draft: Draft = {
    environments,
    entities,
    ...lists,
    findings,
    ...(project && { project }),
    ...(region && { region }),
    ...(auth && { auth }),
    ...(tenancy && { tenancy }),
    ...(api && { api }),
    ...(frontend && { frontend }),
    ...(monitoring && { monitoring }),
  };
  const documents = entities.flatMap(({ document }) => (document === undefined ? [] : [document]));
  if (sound && project && region && documents.length === entities.length) {
    draft.document = {
      ...(schema !== undefined && { $schema: schema }),
      project,
      region,
      environments,
      ...(auth && { auth }),
      ...(tenancy && { tenancy }),
      entities: documents,
      ...(api?.settings && {
        api: { ...api.settings, resources: values(api.resources), endpoints: values(api.endpoints) },
      }),
      functions: values(lists.functions),
      jobs: values(lists.jobs),
      queues: values(lists.queues),
      storage: values(lists.storage),
      workflows: values(lists.workflows),
      ...(frontend && { frontend }),
      ...(monitoring && { monitoring }),
      ...(cost && { cost }),
      ...(validation && { validation }),
    };
  }
  return draft;

  function apiOf(): Draft['api'] {
    const node = childOf(tree, 'api');
    if (node === undefined) return undefined;
    const settings = shapeOf(apiSettings, node, ['api'], ['resources', 'endpoints']);
    note(settings, ['api']);
    return {
      ...(settings.value && { settings: settings.value }),
      resources: list(shapes.resources, ['api', 'resources'], childOf(node, 'resources')),
      endpoints: list(shapes.endpoints, ['api', 'endpoints'], childOf(node, 'endpoints')),
    };
  }

  function validationOf(): BlueprintDocument['validation'] {
    const node = childOf(tree, 'validation');
    if (node === undefined) return undefined;
    note(shapeOf(z.strictObject({}), node, ['validation'], ['suppress']), ['validation']);
    return { suppress: values(list(shapes.suppress, ['validation', 'suppress'], childOf(node, 'suppress'))) };
  }
}

function values<T>(sound: readonly Sound<T>[]): T[] {
  return sound.map(({ value }) => value);
}

/** The root is a map, has a project, and has no key that the language does not know. */
function checkRoot(tree: SourceNode, findings: Finding[]): boolean {
  if (tree.kind !== 'map') {
    const empty = tree.kind === 'scalar' && tree.value === null;
    findings.push({
      code: empty ? 'empty-blueprint' : 'wrong-type',
      message: empty ? 'The Blueprint is empty.' : 'A Blueprint is a map of keys, but this is something else.',
      hint: 'Begin with `project: { name: My Project }`.',
      path: [],
    });
    return false;
  }
  const before = findings.length;
  const known = Object.keys(root);
  for (const { key } of tree.entries) {
    if (known.includes(key)) continue;
    const meant = closest(key, known);
    findings.push({
      code: 'unknown-key',
      message: `\`${key}\` is not a key of the Blueprint.`,
      hint: meant !== undefined ? `Did you mean \`${meant}\`?` : `It may have ${oneOf(keysAt([]), 24)}.`,
      path: [key],
      at: 'key',
      ...(meant !== undefined && { replacement: { text: meant } }),
    });
  }
  if (entryOf(tree, 'project') === undefined) {
    findings.push({
      code: 'missing-key',
      message: 'The Blueprint needs `project`.',
      hint: 'Add `project: { name: My Project }`.',
      path: [],
      at: 'label',
    });
  }
  return findings.length === before;
}
