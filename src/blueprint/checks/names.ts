import type { Finding } from '../finding.ts';
import { kebabCase, reservedEnvironment, sameNameKey } from '../naming.ts';
import { operations } from '../schema.ts';
import { fileOperations } from '../storage.ts';
import { closest } from '../suggest.ts';
import type { Check } from './check.ts';
import { repeatedNames, reserved, reservedName } from './entity-names.ts';

/** Names of things in lists: each once within its list, and none that something else needs. */
export const checkNames: Check = ({ draft, entities }) => {
  const entityNames = draft.entities.flatMap((entity, index) =>
    entity.own === undefined ? [] : [{ name: entity.own.name, path: ['entities', index, 'name'] }],
  );
  const named = (list: readonly { path: Finding['path']; value: { name: string } }[]) =>
    list.map(({ path, value }) => ({ name: value.name, path: [...path, 'name'] }));
  const lists = {
    entity: entityNames,
    function: named(draft.functions),
    job: named(draft.jobs),
    queue: named(draft.queues),
    storage: named(draft.storage),
    workflow: named(draft.workflows),
    role: (draft.auth?.roles ?? []).map((name, index) => ({ name, path: ['auth', 'roles', index] })),
  };
  return [
    ...Object.entries(lists).flatMap(([kind, list]) => [
      ...repeatedNames(kind, list),
      ...list.flatMap(({ name, path }) => reservedName(name, path)),
    ]),
    ...lists.role.flatMap(({ name, path }) =>
      ['public', 'authenticated', 'owner'].includes(name) ? [reserved(name, path, 'is a level of access already')] : [],
    ),
    ...generatedNames(
      [...lists.function, ...lists.workflow],
      new Set([...entities.keys()].map(kebabCase)),
      new Set(lists.storage.map(({ name }) => kebabCase(name))),
    ),
    ...functionsAndWorkflows(lists.function, lists.workflow),
    ...environmentNames(Object.keys(draft.environments)),
    ...renamedEntities(draft.entities),
  ];
};

type Named = { name: string; path: Finding['path'] };

/** `create-task-handler` and the like are the names of functions that Backdrift makes. */
function generatedNames(
  named: readonly Named[],
  entities: ReadonlySet<string>,
  storage: ReadonlySet<string>,
): Finding[] {
  return named.flatMap(({ name, path }) => {
    const match = /^([a-z]+)-(.+)-handler$/.exec(kebabCase(name));
    const generated = match !== null && operations.some((one) => one === match[1]) && entities.has(match[2] ?? '');
    const file = /^storage-([a-z]+)-(.+)-handler$/.exec(kebabCase(name));
    const ofFiles = file !== null && fileOperations.some((one) => one === file[1]) && storage.has(file[2] ?? '');
    return generated || ofFiles || kebabCase(name) === 'health-handler'
      ? [reserved(name, path, 'is a function that Backdrift makes')]
      : [];
  });
}

/** Both become Lambda functions under their name. */
function functionsAndWorkflows(functions: readonly Named[], workflows: readonly Named[]): Finding[] {
  const taken = new Map(functions.map(({ name }) => [sameNameKey(name), name]));
  return workflows.flatMap(({ name, path }) => {
    const earlier = taken.get(sameNameKey(name));
    if (earlier === undefined) return [];
    return [
      {
        code: 'duplicate-name' as const,
        message: `\`${name}\` is the same name as the function \`${earlier}\`: both become Lambda functions.`,
        hint: 'Rename one of the two.',
        path,
      },
    ];
  });
}

function environmentNames(names: readonly string[]): Finding[] {
  return names.flatMap((name) =>
    name === reservedEnvironment
      ? [
          {
            ...reserved(name, ['environments', name], 'is the environment on your own machine, always there'),
            at: 'key' as const,
          },
        ]
      : reservedName(name, ['environments', name]),
  );
}

function renamedEntities(drafts: Parameters<Check>[0]['draft']['entities']): Finding[] {
  const names = new Set(drafts.flatMap(({ name }) => name ?? []));
  const claimed = new Set<string>();
  return drafts.flatMap(({ own }, index) => {
    const from = own?.renamed_from;
    if (own === undefined || from === undefined) return [];
    const taken = claimed.has(from);
    claimed.add(from);
    if (!names.has(from) && !taken) return [];
    return [
      {
        code: 'duplicate-name' as const,
        message: taken
          ? `Two entities are renamed from \`${from}\`.`
          : `\`${from}\` is still an entity, so \`${own.name}\` cannot be its new name.`,
        hint: 'Remove `renamed_from` here, or the old entity.',
        path: ['entities', index, 'renamed_from'],
      },
    ];
  });
}

/** Suggestions already looked for, by the list of names they come from. */
const suggestions = new WeakMap<readonly string[], Map<string, string | undefined>>();
/** Beyond this many different unknown names a suggestion costs more time than it helps. */
const mostSuggestions = 200;

function suggestion(name: string, known: readonly string[]): string | undefined {
  const before = suggestions.get(known) ?? new Map<string, string | undefined>();
  suggestions.set(known, before);
  if (!before.has(name) && before.size < mostSuggestions) before.set(name, closest(name, known));
  return before.get(name);
}

/** A finding for a name that nothing has, with the name that was probably meant. */
export function unknownName(
  code: 'unknown-entity' | 'unknown-function' | 'unknown-role' | 'unknown-target',
  what: string,
  name: string,
  known: readonly string[],
  path: Finding['path'],
  otherwise: string,
): Finding {
  const meant = suggestion(name, known);
  return {
    code,
    message: `There is no ${what} \`${name}\`.`,
    hint: meant !== undefined ? `Did you mean \`${meant}\`?` : otherwise,
    path,
    ...(meant !== undefined && { replacement: { text: meant } }),
  };
}
