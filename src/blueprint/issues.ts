import type * as z from 'zod';
import type { Finding } from './finding.ts';
import { keysAt, languageAt, nounAt } from './language.ts';
import type { BlueprintPath } from './problem.ts';
import { locate, type SourceNode } from './source.ts';
import { closest, oneOf } from './suggest.ts';

/**
 * What zod found, as findings that say what to write instead.
 *
 * @param home where `node` stands in a Blueprint; the findings' paths count from `node`.
 */
export function toFindings(issues: readonly z.core.$ZodIssue[], node: SourceNode, home: BlueprintPath): Finding[] {
  return issues.flatMap((issue) => findingsOf(issue, { node, home, above: [] }));
}

interface Place {
  node: SourceNode;
  home: BlueprintPath;
  /** The path of the issue that this one is a part of. */
  above: BlueprintPath;
}

function findingsOf(issue: z.core.$ZodIssue, place: Place): Finding[] {
  const steps = issue.path.filter((step) => typeof step !== 'symbol');
  const path = [...place.above, ...steps];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path, place.home));
    case 'invalid_type':
      return [wrongType(issue.expected, path, place)];
    case 'invalid_value':
      return [unknownValue(issue.values, path, place)];
    case 'too_small':
    case 'too_big':
      return [outOfRange(issue, path, place.home)];
    case 'invalid_union':
      return unionFindings(issue, path, place);
    case 'invalid_key': {
      const key = String(path.at(-1));
      const [inner] = issue.issues;
      if (inner?.code === 'invalid_value') return [unknownKey(key, path.slice(0, -1), place.home)];
      return [{ ...badFormat(key, inner?.message, path, inner?.code === 'too_big'), at: 'key' }];
    }
    case 'invalid_format':
      return [badFormat(scalarText(place.node, path), issue.message, path, false)];
    default:
      return [
        {
          code: 'wrong-type',
          message: `${sentence(nounAt(path))} cannot be read: ${issue.message}.`,
          hint: 'Write another value.',
          path,
        },
      ];
  }
}

function unknownKey(key: string, path: BlueprintPath, home: BlueprintPath): Finding {
  const whole = [...home, ...path];
  const known = keysAt(whole);
  const meant = closest(key, known);
  return {
    code: 'unknown-key',
    message: `\`${key}\` is not a key of ${nounAt(whole)}.`,
    hint: meant !== undefined ? `Did you mean \`${meant}\`?` : `It may have ${oneOf(known, 24)}.`,
    path: [...path, key],
    at: 'key',
    ...(meant !== undefined && { replacement: { text: meant } }),
  };
}

const expectedWords: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'a map of keys'],
  ['record', 'a map of keys'],
]);

function wrongType(expected: string, path: BlueprintPath, { node, home }: Place): Finding {
  const { located, complete } = locate(node, path);
  const words = expectedWords.get(expected) ?? expected;
  const what = nounAt([...home, ...path]);
  if (!complete) {
    const key = String(path.at(-1));
    const parent = nounAt([...home, ...path.slice(0, -1)]);
    return {
      code: 'missing-key',
      message: `${sentence(parent)} needs \`${key}\`.`,
      hint: `Add \`${key}: …\`: ${languageAt([...home, ...path])[0]?.description ?? words}`,
      path: path.slice(0, -1),
      at: 'label',
    };
  }
  const written = located.node;
  const at = written.kind === 'scalar' ? 'value' : 'label';
  if (written.kind === 'scalar' && written.value === null) {
    const example =
      expected === 'array' ? ' (an empty list is `[]`)' : words === 'a map of keys' ? ' (an empty map is `{}`)' : '';
    return {
      code: 'wrong-type',
      message: `${sentence(what)} has no value.`,
      hint: `Write ${words}${example}, or remove it.`,
      path,
      at,
    };
  }
  const finding: Finding = {
    code: 'wrong-type',
    message: `${sentence(what)} must be ${words}, but this is ${kindOf(written)}.`,
    path,
    at,
  };
  const replacement = written.kind === 'scalar' ? correction(expected, written.value) : undefined;
  finding.hint = hintFor(expected, words, written, replacement);
  if (replacement !== undefined) finding.replacement = replacement;
  return finding;
}

function correction(expected: string, value: unknown): Finding['replacement'] {
  const text = String(value);
  if (expected === 'string') return { edit: 'quote' };
  if (expected === 'array') return { edit: 'bracket' };
  if (expected === 'boolean' && /^(true|yes|on|y)$/i.test(text)) return { text: 'true', raw: true };
  if (expected === 'boolean' && /^(false|no|off|n)$/i.test(text)) return { text: 'false', raw: true };
  if (expected === 'number' && /^-?[0-9]+(\.[0-9]+)?$/.test(text)) return { text, raw: true };
  if (expected === 'int' && /^-?[0-9]{1,15}$/.test(text)) return { text, raw: true };
  return undefined;
}

function hintFor(expected: string, words: string, written: SourceNode, replacement: Finding['replacement']): string {
  if (replacement !== undefined && 'text' in replacement) return `Write \`${replacement.text}\`.`;
  if (replacement?.edit === 'quote') return 'Put it in quotes.';
  if (replacement?.edit === 'bracket') return 'Put it in brackets: `[…]`.';
  if (expected === 'array' && written.kind === 'map') return 'Begin each item with a dash.';
  return `Write ${words}.`;
}

function kindOf(node: SourceNode): string {
  if (node.kind === 'list') return 'a list';
  if (node.kind === 'map') return 'a map of keys';
  if (typeof node.value === 'number') return Number.isFinite(node.value) ? 'a number' : 'not a finite number';
  return typeof node.value === 'boolean' ? 'true or false' : 'text';
}

function unknownValue(values: readonly unknown[], path: BlueprintPath, { node, home }: Place): Finding {
  const { complete } = locate(node, path);
  const allowed = values.map(String);
  const written = scalarText(node, path);
  if (!complete || written === undefined) {
    return wrongType('string', path, { node, home, above: [] });
  }
  const what = nounAt([...home, ...path]);
  const meant = closest(written, allowed);
  return {
    code: 'unknown-value',
    message: `\`${shortened(written)}\` is not a value of ${what}.`,
    hint: meant !== undefined ? `Did you mean \`${meant}\`?` : `Write ${oneOf(allowed)}.`,
    path,
    ...(meant !== undefined && { replacement: { text: meant } }),
  };
}

type SizeIssue = z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall;

function outOfRange(issue: SizeIssue, path: BlueprintPath, home: BlueprintPath): Finding {
  const what = sentence(nounAt([...home, ...path]));
  const bound = Number(issue.code === 'too_big' ? issue.maximum : issue.minimum);
  const direction = issue.code === 'too_big' ? 'at most' : 'at least';
  if (issue.origin === 'string') {
    if (issue.code === 'too_small' && bound === 1) {
      return { code: 'out-of-range', message: `${what} is empty.`, hint: 'Write a value, or remove it.', path };
    }
    return {
      code: 'out-of-range',
      message: `${what} may have ${direction} ${bound} characters.`,
      hint: `Write a ${issue.code === 'too_big' ? 'shorter' : 'longer'} one.`,
      path,
    };
  }
  if (issue.origin === 'array') {
    return { code: 'out-of-range', message: `${what} is empty.`, hint: 'Write at least one item, or remove it.', path };
  }
  return { code: 'out-of-range', message: `${what} must be ${direction} ${bound}.`, hint: `Write ${bound}.`, path };
}

function badFormat(
  written: string | undefined,
  rule: string | undefined,
  path: BlueprintPath,
  tooLong: boolean,
): Finding {
  const what = `\`${shortened(written ?? '')}\``;
  if (tooLong) return { code: 'out-of-range', message: `${what} is too long.`, hint: 'Write a shorter name.', path };
  if (written?.startsWith('_')) {
    return {
      code: 'reserved-name',
      message: `${what}: names that begin with _ are kept for Backdrift.`,
      hint: 'Begin the name with a letter.',
      path,
      ...(/^_+[A-Za-z][A-Za-z0-9_-]*$/.test(written) && { replacement: { text: written.replace(/^_+/, '') } }),
    };
  }
  return {
    code: 'bad-format',
    message: `${what} is not written as it must be.`,
    hint: `${sentence(rule ?? 'write it otherwise')}.`,
    path,
  };
}

function unionFindings(issue: z.core.$ZodIssueInvalidUnion, path: BlueprintPath, place: Place): Finding[] {
  // The alternative that got furthest is the one that was meant.
  const meant = issue.errors.find((option) => option.length > 0 && option.every((inner) => inner.path.length > 0));
  if (meant !== undefined) return meant.flatMap((inner) => findingsOf(inner, { ...place, above: path }));
  const options = issue.errors.flatMap((option) =>
    option.flatMap((inner) => (inner.code === 'invalid_type' ? [inner.expected] : [])),
  );
  const words = [...new Set(options.map((option) => expectedWords.get(option) ?? option))];
  return [
    {
      code: 'wrong-type',
      message: `${sentence(nounAt([...place.home, ...path]))} has a value that it cannot have.`,
      hint: `Write ${words.join(', or ')}.`,
      path,
    },
  ];
}

function scalarText(node: SourceNode, path: BlueprintPath): string | undefined {
  const { located, complete } = locate(node, path);
  if (!complete || located.node.kind !== 'scalar' || located.node.value === null) return undefined;
  return String(located.node.value);
}

function sentence(noun: string): string {
  return noun.charAt(0).toUpperCase() + noun.slice(1);
}

/** One line of a value, for a message. */
function shortened(text: string): string {
  const line = text.split(/[\r\n]/, 1)[0] ?? '';
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}
