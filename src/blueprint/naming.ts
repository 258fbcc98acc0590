/**
 * How names are derived from what a user writes: kebab case, plurals, and the names of deployed things whose length
 * AWS limits.
 */

/**
 * Kebab case: `lineItem`, `LineItem`, `line_item` and `Line item` all give `line-item`; accents are dropped. Empty
 * when the text holds no letter or digit of the Latin alphabet.
 */
export function kebabCase(text: string): string {
  return slug(text.replace(/([a-z0-9])([A-Z])/g, '$1-$2').replace(/([A-Z])([A-Z][a-z])/g, '$1-$2'));
}

/**
 * Kebab case of a title in plain language, where a capital inside a word does not begin another: `SaaS CRM` gives
 * `saas-crm`. Empty when the text holds no letter or digit of the Latin alphabet.
 */
export function slug(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** Plurals that no rule gives. */
const irregular: ReadonlyMap<string, string> = new Map([
  ['person', 'people'],
  ['child', 'children'],
  ['man', 'men'],
  ['woman', 'women'],
  ['foot', 'feet'],
  ['tooth', 'teeth'],
  ['mouse', 'mice'],
  ['leaf', 'leaves'],
  ['shelf', 'shelves'],
  ['half', 'halves'],
  ['life', 'lives'],
  ['knife', 'knives'],
  ['hero', 'heroes'],
  ['potato', 'potatoes'],
  ['tomato', 'tomatoes'],
  ['echo', 'echoes'],
  ['quiz', 'quizzes'],
]);
const irregularPlurals: ReadonlySet<string> = new Set(irregular.values());

/** Words that are their own plural. */
const unchanging: ReadonlySet<string> = new Set([
  'data',
  'metadata',
  'media',
  'equipment',
  'information',
  'feedback',
  'news',
  'series',
  'species',
  'staff',
]);

/** Singular words on -s that do not look like it. Any other word on a single -s is taken for a plural. */
const singularOnS: ReadonlySet<string> = new Set(['alias', 'atlas', 'bias', 'canvas', 'gas', 'lens']);

/**
 * The plural of a word in kebab case; of several words, the last one changes. task→tasks, company→companies, box→boxes,
 * address→addresses, analysis→analyses, person→people, day→days. A word that is a plural already stays (tasks→tasks),
 * so that `task` and `tasks` count as the same name; words on -us and -is are taken for singulars (status→statuses).
 */
export function plural(kebab: string): string {
  const cut = kebab.lastIndexOf('-') + 1;
  const word = kebab.slice(cut);
  return kebab.slice(0, cut) + pluralWord(word);
}

function pluralWord(word: string): string {
  const known = irregular.get(word);
  if (known !== undefined) return known;
  if (word === '' || unchanging.has(word) || irregularPlurals.has(word)) return word;
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  if (/[a-z]{3}sis$/.test(word)) return `${word.slice(0, -2)}es`;
  if (/(x|z|ch|sh|ss|us|is)$/.test(word) || singularOnS.has(word)) return `${word}es`;
  if (/[a-z]s$/.test(word)) return word;
  return `${word}s`;
}

/** `task` → `tasks`, `line_item` → `line-items`: what routes and table names are made of. */
export function entityPlural(name: string): string {
  return plural(kebabCase(name));
}

/**
 * What makes two names the same: kebab case and plural; a hyphen before a digit does not count, because CloudFormation
 * logical ids hold letters and digits only (`item-2` and `item2` would meet there).
 */
export function sameNameKey(name: string): string {
  return entityPlural(name).replace(/-(?=[0-9])/g, '');
}

/** The environment that every project has besides its own: the local AWS. No Blueprint may declare it. */
export const reservedEnvironment = 'local';

/** The longest layer name, which bounds every stack name. */
const longestLayer = 'eventbridge';

/**
 * Names that a deployment gives to AWS resources, as they are before the compiler of the stacks cuts what is too long,
 * with the limits of the services. Tables, queues and buckets are named by CloudFormation itself.
 */
export const deployedNames = {
  /** CloudFormation, CreateStack: StackName, at most 128 characters. */
  stack: { limit: 128, of: (slug: string, environment: string) => `backdrift-${slug}-${environment}-${longestLayer}` },
  /** Lambda, CreateFunction: FunctionName, at most 64 characters. */
  handler: {
    limit: 64,
    of: (slug: string, environment: string, operation: string, entity: string) =>
      `backdrift-${slug}-${environment}-${operation}-${operation === 'list' ? entityPlural(entity) : kebabCase(entity)}-handler`,
  },
  files: {
    limit: 64,
    of: (slug: string, environment: string, operation: string, storage: string) =>
      `backdrift-${slug}-${environment}-storage-${operation}-${kebabCase(storage)}-handler`,
  },
  /** Lambda, CreateFunction: FunctionName; EventBridge, PutRule: Name: at most 64 characters. */
  own: {
    limit: 64,
    of: (slug: string, environment: string, name: string) => `backdrift-${slug}-${environment}-${kebabCase(name)}`,
  },
} as const;
