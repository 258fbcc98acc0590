import type { Document, Node } from 'yaml';
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Json } from '../json.ts';
import { validationError } from '../service-error.ts';

/** Deeper than any sound template; keeps recursion over hostile input off the end of the stack. */
const maximumDepth = 100;
/** Ends an alias bomb: a template of 1 MB has at most a few 100,000 nodes of its own. */
const maximumNodes = 500_000;

/** `!Tag` to the function that it is short for. */
const shortTags: ReadonlyMap<string, string> = new Map([
  ['!Ref', 'Ref'],
  ['!Condition', 'Condition'],
  ...[
    ...['And', 'Base64', 'Cidr', 'Equals', 'FindInMap', 'GetAtt', 'GetAZs', 'If', 'ImportValue', 'Join', 'Length'],
    ...['Not', 'Or', 'Select', 'Split', 'Sub', 'ToJsonString', 'Transform'],
  ].map((name): [string, string] => [`!${name}`, `Fn::${name}`]),
]);

/**
 * Reads a template's text, JSON or YAML, as plain JSON with short tags written out.
 * @throws ServiceError ValidationError, with line and column, when it is neither.
 */
export function readTemplateText(text: string): Json {
  return text.trimStart().startsWith('{') ? readJson(text) : readYaml(text);
}

function readJson(text: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const at = /position (\d+)/.exec(error instanceof Error ? error.message : '');
    const before = text.slice(0, at ? Number(at[1]) : text.length).split('\n');
    throw validationError(
      `Template format error: JSON not well-formed. (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`,
    );
  }
  checkDepth(value, 0);
  return value;
}

function checkDepth(value: Json, depth: number): void {
  if (depth > maximumDepth) throw tooDeep();
  if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) checkDepth(item, depth + 1);
  }
}

function tooDeep() {
  return validationError(`Template format error: nested more than ${maximumDepth} levels deep.`);
}

function readYaml(text: string): Json {
  const lineCounter = new LineCounter();
  // YAML 1.1 as CloudFormation reads it, without the types that it excludes; times such as 10:20 stay text.
  const excluded = new Set(['binary', 'omap', 'pairs', 'set', 'timestamp'].map((name) => `tag:yaml.org,2002:${name}`));
  let document: Document.Parsed;
  try {
    document = parseDocument(text, {
      version: '1.1',
      lineCounter,
      prettyErrors: false,
      logLevel: 'silent',
      customTags: (tags) =>
        tags.filter(
          (tag) => typeof tag === 'string' || (!excluded.has(tag.tag) && !('format' in tag && tag.format === 'TIME')),
        ),
    });
  } catch (error) {
    // The parser recurses: input nested thousands of levels deep runs it out of stack.
    if (error instanceof RangeError) throw tooDeep();
    throw error;
  }
  const notWellFormed = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return validationError(`Template format error: YAML not well-formed. (line ${line}, column ${col})`);
  };
  const [error] = document.errors;
  if (error) throw notWellFormed(error.pos[0]);

  let nodes = 0;
  const convert = (node: unknown, depth: number): Json => {
    if (!isNode(node)) return null;
    if (depth > maximumDepth) throw tooDeep();
    nodes += 1;
    if (nodes > maximumNodes) throw validationError('Template format error: aliases expand to too large a template.');
    if (isAlias(node)) {
      const target = node.resolve(document);
      if (!target) throw notWellFormed(node.range?.[0] ?? 0);
      return convert(target, depth + 1);
    }
    const plain = convertUntagged(node, depth);
    if (!node.tag?.startsWith('!')) return plain;
    const name = shortTags.get(node.tag);
    if (name === undefined) throw notWellFormed(node.range?.[0] ?? 0);
    return { [name]: name === 'Fn::GetAtt' && typeof plain === 'string' ? splitAttribute(plain) : plain };
  };
  const convertUntagged = (node: Node, depth: number): Json => {
    if (isSeq(node)) return node.items.map((item) => convert(item, depth + 1));
    if (isMap(node)) {
      return Object.fromEntries(node.items.map((pair) => [keyText(pair.key), convert(pair.value, depth + 1)]));
    }
    if (!isScalar(node)) return null;
    const { value, source } = node;
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    return source ?? String(value);
  };
  return convert(document.contents, 0);
}

/** A key is text, also where YAML 1.1 would read it as a boolean (`N`, `On`). */
function keyText(key: unknown): string {
  return isScalar(key) ? (key.source ?? String(key.value)) : String(key);
}

function splitAttribute(text: string): Json {
  const dot = text.indexOf('.');
  return dot < 0 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
}
