import type { BlueprintDocument, FieldType, Operation, Region } from './schema.ts';

/**
 * A Blueprint as the rest of the program uses it: everything that follows from the text is written out (automatic
 * fields, the implied tenant entity, default paths and access). Plain JSON: it is stored in the deployment history.
 */
export interface Blueprint {
  /** `slug` is the name in kebab case: the project's part of every stack name. */
  project: { name: string; slug: string; description?: string };
  region: Region;
  environments: Record<string, Environment>;
  auth?: NonNullable<BlueprintDocument['auth']>;
  tenancy:
    | { mode: 'single_tenant' }
    | {
        mode: 'multi_tenant';
        tenant_entity: string;
        /** On every row of a tenant: whose it is. */
        field: string;
        /** The implied entity of a tenant's members; absent where there is no API or no sign-in. */
        member_entity?: string;
      };
  entities: Entity[];
  api?: Api;
  functions: BlueprintDocument['functions'];
  jobs: BlueprintDocument['jobs'];
  queues: BlueprintDocument['queues'];
  storage: BlueprintDocument['storage'];
  workflows: BlueprintDocument['workflows'];
  frontend?: NonNullable<BlueprintDocument['frontend']>;
  monitoring: NonNullable<BlueprintDocument['monitoring']>;
  cost?: NonNullable<BlueprintDocument['cost']>;
  validation: NonNullable<BlueprintDocument['validation']>;
}

export interface Environment {
  region: Region;
  account?: string;
  protected: boolean;
}

export interface Field {
  name: string;
  type: FieldType;
  required: boolean;
  unique: boolean;
  default?: unknown;
  enum?: string[];
  min?: number;
  max?: number;
  min_length?: number;
  max_length?: number;
  pattern?: string;
  references?: string;
  on_delete?: 'restrict' | 'cascade' | 'set_null';
  renamed_from?: string;
  /** Set by the backend; callers cannot write it (id, created_at, updated_at, deleted_at, owner and tenant fields). */
  managed: boolean;
}

export interface Index {
  name: string;
  partition: string;
  sort?: string;
}

export interface Entity {
  /** As written, in the singular. */
  name: string;
  /** Plural, kebab-case: `tasks`, `line-items`. What routes and table names are made of. */
  plural: string;
  description?: string;
  tenancy: 'tenant' | 'global';
  /** Every field, the automatic ones included, in the order: key, as written, managed. */
  fields: Field[];
  key: { partition: string; sort?: string };
  indexes: Index[];
  owner_field?: string;
  ttl?: string;
  timestamps: boolean;
  soft_delete: boolean;
  renamed_from?: string;
  /** Not in the text: it follows from `tenancy`. */
  implied?: true;
}

/** Who may call: `role` carries a role of `auth.roles`. */
export type Access = { level: 'public' | 'authenticated' | 'owner' } | { level: 'role'; role: string };

export interface ApiResource {
  entity: string;
  /** Starts with `/`, has no trailing `/`. */
  base_path: string;
  /** In the order of the language, each once, with who may call it. */
  operations: { operation: Operation; access: Access }[];
  allow_scan: boolean;
  /** Not in the text: they follow from `tenancy`. */
  implied?: true;
}

export interface ApiEndpoint {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  function: string;
  access: Access;
  request?: Record<string, unknown>;
  response?: Record<string, unknown>;
  deprecated: boolean;
  sunset?: string;
  description?: string;
}

export interface Api {
  compatibility: 'standard' | 'strict';
  cors?: { origins: string[] };
  throttle: { rate: number; burst: number };
  /** Who may read /openapi.json; absent where it is not served. */
  openapi?: Access;
  resources: ApiResource[];
  endpoints: ApiEndpoint[];
}
