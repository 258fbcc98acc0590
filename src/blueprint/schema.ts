import * as z from 'zod';

/**
 * The Blueprint language: what a user may write, key by key. The JSON Schema that editors use is generated from
 * these schemas, so every description here is what a user reads on hover.
 *
 * Keys are snake_case, as in Backdrift's documented Blueprint. What follows from a Blueprint without being written
 * (automatic fields, an implied tenant entity) is added by `resolve.ts`.
 */

/** Regions that Backdrift deploys to, in the order of the product page. */
export const regions = ['us-east-1', 'us-east-2', 'us-west-2'] as const;
/** Used when a Blueprint names no region. */
export const defaultRegion = 'us-east-2';
export const regionSchema = z.enum(regions);
export type Region = z.infer<typeof regionSchema>;

const name = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'a name starts with a letter and holds letters, digits, _ and -')
  .max(64);

/** A length of time: a number and a unit (s, m, h, d), such as 1h or 30d. */
export const durationSchema = z
  .string()
  .regex(/^[1-9][0-9]*[smhd]$/, 'a duration is a number and a unit: 30s, 15m, 1h, 30d');

const accessLevel = z
  .string()
  .min(1)
  .describe('Who may call: public, authenticated, owner (only who created the row), or the name of a role.');

export const operations = ['list', 'create', 'get', 'update', 'delete'] as const;
export const operationSchema = z.enum(operations);
export type Operation = z.infer<typeof operationSchema>;

export const fieldTypes = ['string', 'number', 'integer', 'boolean', 'datetime', 'date', 'enum', 'json'] as const;
export const fieldTypeSchema = z.enum(fieldTypes);
export type FieldType = z.infer<typeof fieldTypeSchema>;

export const fieldSchema = z
  .strictObject({
    name: name.describe('The attribute as it is stored and as the API shows it.'),
    type: fieldTypeSchema.default('string').describe('What the field holds.'),
    primary: z.boolean().optional().describe('Part of the primary key. The first such field is the partition key.'),
    sort: z.boolean().optional().describe('With primary: this field is the sort key.'),
    required: z.boolean().optional().describe('Callers must give a value when they create a row.'),
    unique: z.boolean().optional().describe('No two rows hold the same value.'),
    default: z.json().optional().describe('Stored when the caller gives no value.'),
    enum: z.array(z.string().min(1)).min(1).optional().describe('The allowed values of an enum field.'),
    min: z.number().optional().describe('Smallest allowed number.'),
    max: z.number().optional().describe('Largest allowed number.'),
    min_length: z.int().min(0).optional().describe('Fewest characters.'),
    max_length: z.int().min(1).optional().describe('Most characters.'),
    pattern: z.string().optional().describe('A regular expression that the whole value must match.'),
    references: name.optional().describe('The entity whose id this field holds.'),
    on_delete: z
      .enum(['restrict', 'cascade', 'set_null'])
      .optional()
      .describe('What happens to this row when the referenced row is deleted. Default: restrict.'),
    renamed_from: name.optional().describe('The name under which existing rows store this field.'),
  })
  .describe('A field of an entity.');

export const indexSchema = z
  .strictObject({
    name: name.describe('The name of the index, unique within the entity.'),
    partition: name.describe('The field whose value selects rows (partition key of the index).'),
    sort: name.optional().describe('The field that orders the selected rows (sort key of the index).'),
  })
  .describe('A global secondary index: the rows can be listed by another field than the primary key.');

export const entitySchema = z
  .strictObject({
    name: name.describe('The entity in the singular: task, project.'),
    description: z.string().optional(),
    tenancy: z
      .enum(['tenant', 'global'])
      .optional()
      .describe('tenant: every row belongs to one tenant. Default: global.'),
    fields: z.array(fieldSchema).default([]),
    indexes: z.array(indexSchema).default([]),
    owner_field: name.optional().describe('The field that holds the id of the user who owns the row.'),
    ttl: name.optional().describe('A datetime or integer field (epoch seconds) after which DynamoDB removes the row.'),
    timestamps: z.boolean().default(true).describe('Keep created_at and updated_at.'),
    soft_delete: z.boolean().default(false).describe('Delete marks the row with deleted_at instead of removing it.'),
    renamed_from: name.optional().describe('The name under which the table was first deployed.'),
  })
  .describe('An entity: one DynamoDB table.');

const perOperation = <T extends z.ZodType>(value: T) => z.union([value, z.partialRecord(operationSchema, value)]);

export const resourceSchema = z
  .strictObject({
    entity: name.describe('The entity that these routes serve.'),
    base_path: z.string().optional().describe('Where the routes begin. Default: /<entities>.'),
    operations: z
      .array(operationSchema)
      .min(1)
      .default([...operations])
      .describe('Which operations callers get.'),
    auth: perOperation(accessLevel)
      .optional()
      .describe(
        'Who may call, for all operations or one by one. Default: authenticated where the Blueprint has auth, else public.',
      ),
    allow_scan: z
      .boolean()
      .default(false)
      .describe('Allow list to read the whole table where no index answers it. Slow and costly on large tables.'),
  })
  .describe('Generated REST routes for an entity.');

const httpMethod = z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

export const endpointSchema = z
  .strictObject({
    method: httpMethod,
    path: z.string().describe('The path, with parameters in braces: /v1/tasks/{id}/complete'),
    function: name.describe('The function that answers.'),
    auth: accessLevel
      .optional()
      .describe('Who may call. Default: authenticated where the Blueprint has auth, else public.'),
    request: z.record(z.string(), z.json()).optional().describe('JSON Schema of the request body.'),
    response: z.record(z.string(), z.json()).optional().describe('JSON Schema of the response body.'),
    deprecated: z.boolean().optional().describe('Callers are told to move away.'),
    sunset: z.iso.date().optional().describe('The day after which the endpoint may disappear (YYYY-MM-DD).'),
    description: z.string().optional(),
  })
  .describe('A hand-written endpoint.');

export const apiSchema = z
  .strictObject({
    compatibility: z
      .enum(['standard', 'strict'])
      .default('standard')
      .describe('strict: every change that callers would feel is blocked.'),
    cors: z
      .strictObject({
        origins: z.array(z.string().min(1)).min(1).describe('Web origins that may call the API from a browser.'),
      })
      .optional(),
    throttle: z
      .strictObject({
        rate: z.int().min(1).default(50).describe('Steady requests a second.'),
        burst: z.int().min(1).default(100).describe('Requests at once.'),
      })
      .prefault({}),
    resources: z.array(resourceSchema).default([]),
    endpoints: z.array(endpointSchema).default([]),
  })
  .describe('The REST API.');

export const authSchema = z
  .strictObject({
    strategy: z.literal('cognito').default('cognito'),
    roles: z.array(name).default([]).describe('Roles that users may have; each becomes a Cognito group.'),
    mfa: z
      .enum(['off', 'optional', 'required'])
      .default('off')
      .describe('A second factor (authenticator app) at sign-in.'),
    password: z
      .strictObject({
        min_length: z.int().min(8).max(99).default(12),
        symbols: z.boolean().default(true).describe('Require a symbol.'),
      })
      .prefault({}),
    tokens: z
      .strictObject({
        access: durationSchema.default('1h'),
        id: durationSchema.default('1h'),
        refresh: durationSchema.default('30d'),
      })
      .prefault({}),
    plan: z
      .enum(['lite', 'essentials', 'plus'])
      .default('essentials')
      .describe('The feature plan of the user pool; decides its price.'),
  })
  .describe('Sign-up, sign-in and roles (Cognito).');

export const tenancySchema = z.strictObject({
  mode: z.enum(['single_tenant', 'multi_tenant']).default('single_tenant'),
  tenant_entity: name.optional().describe('The entity whose rows are the tenants. Implied when not listed.'),
  field: name.optional().describe('The field that names the tenant on every tenant row. Default: <tenant_entity>_id.'),
});

export const functionSchema = z
  .strictObject({
    name,
    handler: z.string().describe('The source file, relative to the Blueprint.'),
    memory: z.int().min(128).max(10240).default(256).describe('Memory in MB.'),
    timeout: z
      .int()
      .min(1)
      .max(900)
      .optional()
      .describe('Seconds before the function is stopped. Default: 28 behind the API, 900 for jobs and queues.'),
    environment: z
      .record(z.string(), z.string())
      .default({})
      .describe('Environment variables. Not for secrets: they are readable in the template.'),
    uses: z
      .array(z.string().min(1))
      .default([])
      .describe('Entities, storage and queues that the code touches; add :read for read-only.'),
  })
  .describe('Your own code as a Lambda function.');

export const jobSchema = z.strictObject({
  name,
  schedule: z.string().describe('Five-field cron in UTC: minute hour day month weekday.'),
  function: name,
  sequential: z.boolean().default(false).describe('Never run two at the same time.'),
});

export const queueSchema = z.strictObject({
  name,
  function: name.describe('The function that receives the messages.'),
  fifo: z.boolean().default(false).describe('Keep the order of messages.'),
});

export const storageSchema = z.strictObject({
  name,
  access: accessLevel.default('owner'),
  max_size: z
    .string()
    .regex(/^[1-9][0-9]*(KB|MB|GB)$/, 'a size is a number and KB, MB or GB')
    .optional(),
  types: z.array(z.string()).optional().describe('Allowed media types: image/png, image/*.'),
  versioning: z.boolean().default(false),
});

export const workflowSchema = z.strictObject({
  name,
  handler: z.string().describe('The source file, relative to the Blueprint.'),
  timeout: durationSchema.default('365d').describe('How long a workflow may last, at most 365d.'),
  uses: z.array(z.string().min(1)).default([]),
});

export const environmentSchema = z.strictObject({
  region: regionSchema.optional().describe('Where this environment lives. Default: the Blueprint’s region.'),
  account: z
    .string()
    .regex(/^[0-9]{12}$/, 'an AWS account id has twelve digits')
    .optional()
    .describe('The only AWS account that this environment may be deployed to.'),
  protected: z.boolean().default(false).describe('Blocked changes can never be overridden here.'),
});

export const blueprintSchema = z
  .strictObject({
    $schema: z.string().optional(),
    project: z.strictObject({ name: z.string().min(1).max(64), description: z.string().optional() }),
    region: regionSchema.default(defaultRegion),
    environments: z.record(name, environmentSchema).default({ dev: { protected: false } }),
    auth: authSchema.optional(),
    tenancy: tenancySchema.optional(),
    entities: z.array(entitySchema).default([]),
    api: apiSchema.optional(),
    functions: z.array(functionSchema).default([]),
    jobs: z.array(jobSchema).default([]),
    queues: z.array(queueSchema).default([]),
    storage: z.array(storageSchema).default([]),
    workflows: z.array(workflowSchema).default([]),
    frontend: z
      .strictObject({
        directory: z.string(),
        spa: z.boolean().default(true).describe('Answer every unknown path with index.html.'),
      })
      .optional(),
    cost: z
      .strictObject({
        tiers: z.record(z.string(), z.record(z.string(), z.number())).optional(),
        budget: z.number().min(0).optional().describe('US dollars a month.'),
      })
      .optional(),
    validation: z
      .strictObject({
        suppress: z
          .array(
            z.strictObject({
              rule: z.string(),
              target: z.string().optional(),
              reason: z.string().min(1),
              until: z.iso.date().optional(),
            }),
          )
          .default([]),
      })
      .optional(),
  })
  .describe('A serverless backend on AWS, in one file.');

/** A Blueprint as written, with defaults filled in and nothing implied yet. */
export type BlueprintDocument = z.output<typeof blueprintSchema>;
