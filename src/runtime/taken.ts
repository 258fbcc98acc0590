import { conflict, type Problem } from './answer.ts';
import { withArticle } from './article.ts';
import type { RuntimeEntity } from './entity.ts';

/** Another row holds a value that must be unique: the answer names the field, as a 400 would. */
export function taken(entity: RuntimeEntity, attribute: string): Problem {
  const field = [...entity.fields.values()].find((rule) => rule.attribute === attribute)?.name ?? attribute;
  return {
    ...conflict(`There is ${withArticle(entity.name)} with this ${field} already.`),
    errors: [{ field, message: `is taken by another ${entity.name}` }],
  };
}
