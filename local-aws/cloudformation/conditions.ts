import { type Scope, test } from './evaluate.ts';
import { validationError } from './service-error.ts';
import type { Template } from './template/template.ts';

/**
 * The truth of each condition, found when it is asked for.
 * @throws ServiceError ValidationError on an unknown condition and on conditions that wait for each other.
 */
export function conditionLookup(template: Template, scope: Omit<Scope, 'holds'>): (name: string) => boolean {
  const known = new Map<string, boolean>();
  const underWay = new Set<string>();
  const holds = (name: string): boolean => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const condition = template.conditions.get(name);
    if (condition === undefined) {
      throw validationError(
        `Template error: unresolved condition dependency ${name} in the Conditions block of the template`,
      );
    }
    if (underWay.has(name)) {
      throw validationError(`Template error: Circular dependencies for conditions: [${[...underWay].join(', ')}]`);
    }
    underWay.add(name);
    try {
      const result = test(condition, { ...scope, holds });
      known.set(name, result);
      return result;
    } finally {
      underWay.delete(name);
    }
  };
  return holds;
}
