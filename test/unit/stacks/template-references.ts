import type { Template, TemplateValue } from '../../../src/stacks/template.ts';

/** A place in a template that refers to something else in it. */
export interface TemplateReference {
  kind: 'Ref' | 'GetAtt' | 'Condition';
  target: string;
  attribute?: string;
}

/** Every Ref, Fn::GetAtt, name in a Fn::Sub, and condition of a Fn::If in a value. Written apart from the compiler. */
export function referencesIn(value: TemplateValue | undefined): TemplateReference[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value);
  const [key, argument] = entries[0] ?? [];
  if (entries.length === 1 && key === 'Ref' && typeof argument === 'string') return [{ kind: 'Ref', target: argument }];
  if (entries.length === 1 && key === 'Fn::GetAtt' && Array.isArray(argument)) {
    return [{ kind: 'GetAtt', target: String(argument[0]), attribute: String(argument[1]) }];
  }
  if (entries.length === 1 && key === 'Fn::Sub' && typeof argument === 'string') {
    return [...argument.matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, name = '']) => {
      const [target = '', ...rest] = name.split('.');
      return rest.length === 0 ? { kind: 'Ref', target } : { kind: 'GetAtt', target, attribute: rest.join('.') };
    });
  }
  const condition: TemplateReference[] =
    entries.length === 1 && key === 'Fn::If' && Array.isArray(argument)
      ? [{ kind: 'Condition', target: String(argument[0]) }]
      : [];
  return [...condition, ...entries.flatMap(([, member]) => referencesIn(member))];
}

/** What a whole template refers to. */
export function referencesOf(template: Template): TemplateReference[] {
  return [
    ...Object.values(template.Resources).flatMap((resource): TemplateReference[] => [
      ...referencesIn(resource.Properties),
      ...(resource.Condition === undefined ? [] : [{ kind: 'Condition' as const, target: resource.Condition }]),
    ]),
    ...Object.values(template.Outputs ?? {}).flatMap((output) => referencesIn(output.Value)),
    ...Object.values(template.Conditions ?? {}).flatMap(referencesIn),
  ];
}
