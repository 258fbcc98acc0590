import { plainRules, rulesByType } from '../field-rules.ts';
import type { Finding } from '../finding.ts';
import type { FieldDocument } from '../schema.ts';
import type { EntityCheck } from './check.ts';
import { defaultProblem } from './default-value.ts';
import { looksSlow, patternError } from './pattern.ts';

/** Every field on its own: rules that fit its type and each other. */
export const checkEntityFields: EntityCheck = ({ fields }) =>
  fields.flatMap(({ path, value }) =>
    fieldFindings(value).map((finding) => ({ ...finding, path: [...path, ...finding.path] })),
  );

function fieldFindings(field: FieldDocument): Finding[] {
  return [
    ...enumFindings(field),
    ...fitFindings(field),
    ...boundFindings(field),
    ...patternFindings(field),
    ...otherFindings(field),
  ];
}

function enumFindings(field: FieldDocument): Finding[] {
  if (field.type !== 'enum') {
    if (field.enum === undefined) return [];
    return [
      {
        code: 'rule-does-not-fit',
        message: `\`${field.name}\` has values to choose from, but its type is ${field.type}.`,
        hint: 'Write `type: enum`, or remove `enum`.',
        path: ['enum'],
        at: 'key',
      },
    ];
  }
  if (field.enum === undefined) {
    return [
      {
        code: 'enum-without-values',
        message: `\`${field.name}\` is an enum without values.`,
        hint: 'Add `enum: [low, medium, high]` with the values that are allowed.',
        path: ['type'],
      },
    ];
  }
  const seen = new Set<string>();
  return field.enum.flatMap((value, index): Finding[] => {
    if (!seen.has(value)) {
      seen.add(value);
      return [];
    }
    const message = `\`${value}\` is written twice.`;
    return [{ code: 'repeated-value', message, hint: 'Remove one of the two.', path: ['enum', index] }];
  });
}

function fitFindings(field: FieldDocument): Finding[] {
  const fitting = rulesByType[field.type];
  return plainRules
    .filter((rule) => field[rule] !== undefined && !fitting.includes(rule))
    .map((rule) => ({
      code: 'rule-does-not-fit',
      message: `\`${rule}\` does not fit \`${field.name}\`: its type is ${field.type}.`,
      hint: rule === 'min' || rule === 'max' ? 'It is for number and integer fields.' : 'It is for string fields.',
      path: [rule],
      at: 'key',
    }));
}

function boundFindings(field: FieldDocument): Finding[] {
  const pairs = [
    ['min', 'max'],
    ['min_length', 'max_length'],
  ] as const;
  return pairs.flatMap(([low, high]) => {
    const least = field[low];
    const most = field[high];
    if (least === undefined || most === undefined || least <= most) return [];
    return [
      {
        code: 'min-above-max' as const,
        message: `\`${low}\` (${least}) is above \`${high}\` (${most}): no value fits.`,
        hint: 'Swap the two, or change one of them.',
        path: [low],
      },
    ];
  });
}

function patternFindings(field: FieldDocument): Finding[] {
  if (field.pattern === undefined) return [];
  const error = patternError(field.pattern);
  if (error !== undefined) {
    return [
      {
        code: 'invalid-pattern',
        message: `The pattern of \`${field.name}\` is not a regular expression: ${error}.`,
        hint: 'Write a JavaScript regular expression without slashes, such as `^[A-Z]{3}-[0-9]+$`.',
        path: ['pattern'],
      },
    ];
  }
  if (!looksSlow(field.pattern)) return [];
  return [
    {
      code: 'slow-pattern',
      severity: 'warning',
      message: `The pattern of \`${field.name}\` repeats a repetition: some texts make it very slow.`,
      hint: 'Remove one of the two repetitions, and limit the length with `max_length`.',
      path: ['pattern'],
    },
  ];
}

function otherFindings(field: FieldDocument): Finding[] {
  const findings: Finding[] = [];
  const wrong = defaultProblem(field);
  if (wrong !== undefined) findings.push({ code: 'default-does-not-fit', ...wrong, path: ['default'] });
  if (field.unique === true && field.type === 'json') {
    findings.push({
      code: 'unique-not-possible',
      message: `\`${field.name}\` is json, which cannot be unique.`,
      hint: 'Remove `unique`, or give the value that must be unique a field of its own.',
      path: ['unique'],
      at: 'key',
    });
  }
  if (field.unique === true && field.default !== undefined) {
    findings.push({
      code: 'unique-not-possible',
      severity: 'warning',
      message: `\`${field.name}\` is unique and has a default: the second row without a value is refused.`,
      hint: 'Remove `default`, or remove `unique`.',
      path: ['unique'],
      at: 'key',
    });
  }
  if (field.on_delete !== undefined && field.references === undefined) {
    findings.push({
      code: 'on-delete-without-references',
      message: `\`${field.name}\` has \`on_delete\` but refers to no entity.`,
      hint: 'Add `references: <entity>`, or remove `on_delete`.',
      path: ['on_delete'],
      at: 'key',
    });
  }
  if (field.on_delete === 'set_null' && (field.required === true || field.primary === true)) {
    findings.push({
      code: 'set-null-on-required',
      message: `\`${field.name}\` must have a value, so it cannot be emptied when the row it refers to is deleted.`,
      hint: 'Use `restrict` or `cascade`, or make the field optional.',
      path: ['on_delete'],
    });
  }
  return findings;
}
