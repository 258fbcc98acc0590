import type { Json, JsonObject } from '../json.ts';

export type DeletionPolicy = 'Delete' | 'Retain' | 'RetainExceptOnCreate' | 'Snapshot';

export interface ResourceDefinition {
  readonly type: string;
  /** With intrinsic functions not yet resolved. */
  readonly properties: JsonObject;
  readonly dependsOn: readonly string[];
  readonly condition?: string;
  readonly deletionPolicy: DeletionPolicy;
  readonly updateReplacePolicy: 'Delete' | 'Retain' | 'Snapshot';
  readonly metadata?: Json;
}

export interface ParameterDefinition {
  readonly type: string;
  readonly default?: string;
  readonly description?: string;
  readonly noEcho: boolean;
  readonly allowedValues?: readonly string[];
  readonly allowedPattern?: string;
  readonly constraintDescription?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
}

export interface OutputDefinition {
  readonly value: Json;
  readonly description?: string;
  readonly exportName?: Json;
  readonly condition?: string;
}

/** A template whose structure is known to be sound. Keyed by Map, because `constructor` is a legal logical id. */
export interface Template {
  /** The text as it was submitted, for GetTemplate. */
  readonly source: string;
  readonly version?: string;
  readonly description?: string;
  readonly metadata?: Json;
  readonly transforms: readonly string[];
  readonly parameters: ReadonlyMap<string, ParameterDefinition>;
  readonly mappings: ReadonlyMap<string, JsonObject>;
  readonly conditions: ReadonlyMap<string, Json>;
  readonly resources: ReadonlyMap<string, ResourceDefinition>;
  readonly outputs: ReadonlyMap<string, OutputDefinition>;
}

/** What a stack has before its first template. */
export const emptyTemplate: Template = {
  source: '',
  transforms: [],
  parameters: new Map(),
  mappings: new Map(),
  conditions: new Map(),
  resources: new Map(),
  outputs: new Map(),
};
