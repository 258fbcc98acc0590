import type { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import type { UserPool } from './members/user-pool.ts';
import { Misconfigured } from './misconfigured.ts';

/** What a handler needs of the world around it. */
export interface World {
  documents: DynamoDBDocument;
  /** The name of an entity's table, from the function's environment. Throws when the environment lacks it. */
  table(entity: string): string;
  now(): Date;
  newId(): string;
  /** The user pool, where the function has to do with members of tenants. */
  users?: UserPool;
  /** Waits. */
  pause(milliseconds: number): Promise<void>;
}

/**
 * Reads table names from environment variables: `TABLE_LINE_ITEM` for `line_item`. The same rule names them in the
 * templates; a test keeps the two together.
 */
export function tablesFrom(environment: Readonly<Record<string, string | undefined>>): World['table'] {
  return (entity) => {
    const variable = tableVariable(entity);
    const name = environment[variable];
    if (name === undefined || name === '') throw new Misconfigured(`the environment variable ${variable} is not set`);
    return name;
  };
}

export function tableVariable(entity: string): string {
  return `TABLE_${entity.replace(/[^A-Za-z0-9]/g, '_').toUpperCase()}`;
}
