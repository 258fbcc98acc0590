import * as z from 'zod';

/**
 * The Blueprint language: what a user may write, key by key. The JSON Schema that editors use is generated from
 * these schemas, so every description here is what a user reads on hover.
 *
 * Keys are snake_case, as in Backdrift's documented Blueprint. What follows from a Blueprint without being written
 * (automatic fields, an implied tenant entity) is added by `resolve.ts`. Rules that look at two places at once are in
 * `checks/`.
 */

/** Regions that Backdrift deploys to, in the order of the product page. */
export const regions = ['us-east-1', 'us-east-2', 'us-west-2'] as const;
/** Used when a Blueprint names no region. */
export const defaultRegion = 'us-east-2';
/** Regions that have Lambda durable functions, which `workflows` needs (product page, "Regions"). */
export const durableRegions: readonly Region[] = ['us-east-2'];
export const regionSchema = z.enum(regions);
export type Region = z.infer<typeof regionSchema>;

const name = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'a name starts with a letter and holds letters, digits, _ and -')
  .max(64);

/** A length of time: a number and a unit (s, m, h, d), such as 1h or 30d. */
export const durationSchema = z
  .string()
  .regex(/^[1-9][0-9]{0,8}[smhd]$/, 'a duration is a number and a unit: 30s, 15m, 1h, 30d');

const accessLevel = z
  .string()
  .min(1)
  .describe('Who may call: public, authenticated, owner (only who created the row), or the name of a role.');

const calendarDate = z.iso.date('a day is written YYYY-MM-DD');

export const operations = ['list', 'create', 'get', 'update', 'delete'] as const;
export const operationSchema = z.enum(operations);
export type Operation = z.infer<typeof operationSchema>;

export const fieldTypes = ['string', 'number', 'integer', 'boolean', 'datetime', 'date', 'enum', 'json'] as const;
export const fieldTypeSchema = z.enum(fieldTypes);
export type FieldType = z.infer<typeof fieldTypeSchema>;

export const fieldSchema = z
  .strictObject({
    name: name.describe('The attribute as it is stored and as the API shows it.'),
    type: fieldTypeSchema
      .default('string')
      .describe('What the field holds: string, number, integer, boolean, datetime, date, enum or json.'),
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
export type FieldDocument = z.output<typeof fieldSchema>;

export const indexSchema = z
  .strictObject({
    name: name.describe('The name of the index, unique within the entity.'),
    partition: name.describe('The field whose value selects rows (partition key of the index).'),
    sort: name.optional().describe('The field that orders the selected rows (sort key of the index).'),
  })
  .describe('A global secondary index: the rows can be listed by another field than the primary key.');
export type IndexDocument = z.output<typeof indexSchema>;

export const entitySchema = z
  .strictObject({
    name: name.describe('The entity in the singular: task, project.'),
    description: z.string().optional().describe('What the entity is, for readers.'),
    tenancy: z
      .enum(['tenant', 'global'])
      .optional()
      .describe('tenant: every row belongs to one tenant. Default: global.'),
    fields: z
      .array(fieldSchema)
      .default([])
      .describe('What a row holds. id, created_at and updated_at are there without being listed.'),
    indexes: z.array(indexSchema).default([]).describe('Other fields by which rows can be listed.'),
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
    base_path: z.string().optional().describe('Where the routes begin. Default: /<entities>, such as /tasks.'),
    operations: z
      .array(operationSchema)
      .min(1)
      .default([...operations])
      .describe('Which operations callers get: list, create, get, update, delete. Default: all.'),
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
export type ResourceDocument = z.output<typeof resourceSchema>;

const httpMethod = z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

export const endpointSchema = z
  .strictObject({
    method: httpMethod.describe('The HTTP method: GET, POST, PUT, PATCH or DELETE.'),
    path: z.string().describe('The path, with parameters in braces: /v1/tasks/{id}/complete'),
    function: name.describe('The function that answers.'),
    auth: accessLevel
      .optional()
      .describe(
        'Who may call: public, authenticated, owner, or a role. Default: authenticated where the Blueprint has auth, else public.',
      ),
    request: z.record(z.string(), z.json()).optional().describe('JSON Schema of the request body.'),
    response: z.record(z.string(), z.json()).optional().describe('JSON Schema of the response body.'),
    deprecated: z.boolean().optional().describe('Callers are told to move away.'),
    sunset: calendarDate.optional().describe('The day after which the endpoint may disappear (YYYY-MM-DD).'),
    description: z.string().optional().describe('What the endpoint does, for readers.'),
  })
  .describe('A hand-written endpoint.');
export type EndpointDocument = z.output<typeof endpointSchema>;

export const apiSchema = z
  .strictObject({
    compatibility: z
      .enum(['standard', 'strict'])
      .default('standard')
      .describe('strict: every change that callers would feel is blocked.'),
    cors: z
      .strictObject({
        origins: z
          .array(z.string().min(1))
          .min(1)
          .describe('Web origins that may call the API from a browser, such as https://app.example.com.'),
      })
      .optional()
      .describe('Calls from web pages of other origins.'),
    throttle: z
      .strictObject({
        rate: z.int().min(1).max(10_000).default(50).describe('Steady requests a second. Default: 50.'),
        burst: z.int().min(1).max(5_000).default(100).describe('Requests at once. Default: 100.'),
      })
      .prefault({})
      .describe('How many requests the API accepts.'),
    openapi: accessLevel
      .optional()
      .describe(
        'Serve a description of the API (OpenAPI 3.1) at /openapi.json, to whom: public, authenticated or a role. Default: not served.',
      ),
    resources: z.array(resourceSchema).default([]).describe('Generated routes, one item for each entity.'),
    endpoints: z.array(endpointSchema).default([]).describe('Hand-written endpoints, answered by your functions.'),
  })
  .describe('The REST API. GET /health is always there.');

export const authSchema = z
  .strictObject({
    strategy: z.literal('cognito').default('cognito').describe('Who keeps the accounts: cognito.'),
    roles: z
      .array(name)
      .default([])
      .describe(
        'Roles that users may have; each becomes a Cognito group. Default: none; with tenants admin and member, where the first one (or admin) manages members.',
      ),
    mfa: z
      .enum(['off', 'optional', 'required'])
      .default('off')
      .describe('A second factor (authenticator app) at sign-in: off, optional or required.'),
    password: z
      .strictObject({
        min_length: z.int().min(8).max(99).default(12).describe('Fewest characters, 8 to 99. Default: 12.'),
        symbols: z.boolean().default(true).describe('Require a symbol.'),
      })
      .prefault({})
      .describe('What a password must hold. Upper case, lower case and a digit are always required.'),
    tokens: z
      .strictObject({
        access: durationSchema.default('1h').describe('How long an access token is valid, 5m to 1d. Default: 1h.'),
        id: durationSchema.default('1h').describe('How long an id token is valid, 5m to 1d. Default: 1h.'),
        refresh: durationSchema
          .default('30d')
          .describe('How long a user stays signed in without using the app, 1h to 3650d. Default: 30d.'),
      })
      .prefault({})
      .describe('How long tokens are valid.'),
    plan: z
      .enum(['lite', 'essentials', 'plus'])
      .default('essentials')
      .describe('The feature plan of the user pool; decides its price: lite, essentials or plus.'),
  })
  .describe('Sign-up, sign-in and roles (Cognito).');

export const tenancySchema = z
  .strictObject({
    mode: z
      .enum(['single_tenant', 'multi_tenant'])
      .default('single_tenant')
      .describe('multi_tenant: every row of a tenant entity belongs to one tenant and only that tenant sees it.'),
    tenant_entity: name
      .optional()
      .describe(
        'The entity whose rows are the tenants. It is implied when not listed, and so are its routes and, with sign-in and an API, those of its members.',
      ),
    field: name
      .optional()
      .describe('The field that names the tenant on every tenant row. Default: <tenant_entity>_id.'),
  })
  .describe('Whether several customers share one backend, and how they are kept apart.');

export const functionSchema = z
  .strictObject({
    name: name.describe('What endpoints, jobs and queues call the function.'),
    handler: z.string().min(1).describe('The source file, relative to the Blueprint; it exports `handler`.'),
    memory: z.int().min(128).max(10240).default(256).describe('Memory in MB, 128 to 10240. Default: 256.'),
    timeout: z
      .int()
      .min(1)
      .max(900)
      .optional()
      .describe('Seconds before the function is stopped. Default: 28 behind the API, 900 for jobs and queues.'),
    environment: z
      .record(
        z
          .string()
          .regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'a variable starts with a letter and holds letters, digits and _')
          .max(128),
        z.string(),
      )
      .default({})
      .describe('Environment variables. Not for secrets: they are readable in the template.'),
    uses: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'Entities, storage, queues and workflows that the code touches; add :read to an entity or storage for read-only.',
      ),
  })
  .describe('Your own code as a Lambda function.');
export type FunctionDocument = z.output<typeof functionSchema>;

export const jobSchema = z
  .strictObject({
    name: name.describe('The name of the job.'),
    schedule: z.string().describe('Five-field cron in UTC: minute hour day month weekday.'),
    function: name.describe('The function that does the work.'),
    sequential: z.boolean().default(false).describe('Never run two at the same time.'),
  })
  .describe('Work on a schedule. Three retries, then a dead-letter queue kept for 14 days.');

export const queueSchema = z
  .strictObject({
    name: name.describe('The name of the queue.'),
    function: name.describe('The function that receives the messages.'),
    fifo: z.boolean().default(false).describe('Keep the order of messages.'),
  })
  .describe('A queue and the function that receives its messages.');

export const storageSchema = z
  .strictObject({
    name: name.describe('The name of the storage.'),
    access: accessLevel
      .default('owner')
      .describe(
        'Who may read a file: public (anyone who has its id), authenticated, owner (who uploaded it) or a role. Default: owner. Signed-in users upload; where a role reads, only that role.',
      ),
    base_path: z
      .string()
      .optional()
      .describe('Where the API’s routes for the files begin. Default: /files/<name>, such as /files/attachments.'),
    max_size: z
      .string()
      .regex(/^[1-9][0-9]{0,5}(KB|MB|GB)$/, 'a size is a number and KB, MB or GB: 10MB')
      .optional()
      .describe('The largest file: 500KB, 10MB, 2GB, at most 5GB. Enforced by S3. Default: 10MB.'),
    types: z
      .array(
        z
          .string()
          .regex(/^[a-z]+\/([a-z0-9.+-]+|\*)$/, 'a media type is written like image/png, or image/* for all of a kind'),
      )
      .min(1)
      .optional()
      .describe('Allowed media types: image/png, image/*. Enforced by S3. Default: all.'),
    versioning: z
      .boolean()
      .default(false)
      .describe('Keep replaced and deleted files for 30 days. Default: they are gone at once.'),
  })
  .describe('Files: a private bucket. With `api`, callers upload and download by signed URLs.');

export const workflowSchema = z
  .strictObject({
    name: name.describe('The name of the workflow.'),
    handler: z.string().min(1).describe('The source file, relative to the Blueprint.'),
    timeout: durationSchema.default('365d').describe('How long a workflow may last, at most 365d. Default: 365d.'),
    uses: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'Entities, storage, queues and workflows that the code touches; add :read to an entity or storage for read-only.',
      ),
  })
  .describe('A long-running workflow (Lambda durable functions). Only in us-east-2.');

export const environmentSchema = z
  .strictObject({
    region: regionSchema.optional().describe('Where this environment lives. Default: the Blueprint’s region.'),
    account: z
      .string()
      .regex(/^[0-9]{12}$/, 'an AWS account id has twelve digits')
      .optional()
      .describe('The only AWS account that this environment may be deployed to: twelve digits, in quotes.'),
    protected: z.boolean().default(false).describe('Blocked changes can never be overridden here.'),
  })
  .describe('One deployment of the backend: dev, staging, prod.');

const environmentName = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'an environment is named in lower case: letters, digits and -')
  .max(32);

export const projectSchema = z
  .strictObject({
    name: z.string().min(1).max(64).describe('The name of the project; stacks are named after it.'),
    description: z.string().optional().describe('What the project is, for readers.'),
  })
  .describe('What the backend is called.');

export const frontendSchema = z
  .strictObject({
    directory: z.string().min(1).describe('The folder with the built site, relative to the Blueprint: web/dist.'),
    spa: z.boolean().default(true).describe('Answer every unknown path with index.html.'),
  })
  .describe('A web site, hosted on Amplify.');

export const monitoringSchema = z
  .strictObject({
    email: z
      .array(z.email('an address is written name@example.com'))
      .max(10)
      .default([])
      .describe(
        'Who gets a mail when an alarm goes off, at most 10 addresses. Each has to confirm a mail from AWS once. Default: nobody.',
      ),
    dashboard: z
      .boolean()
      .default(true)
      .describe(
        'A CloudWatch dashboard of requests, functions, tables and queues. Three are free in an account, each further one costs $3 a month. Default: true.',
      ),
  })
  .describe('Who hears of alarms, and whether there is a dashboard. The alarms themselves are always there.');

export const costSchema = z
  .strictObject({
    tiers: z
      .record(z.string(), z.record(z.string(), z.number().min(0)))
      .optional()
      .describe('Usage figures for the estimate, by tier.'),
    budget: z.number().min(0).optional().describe('US dollars a month.'),
  })
  .describe('What the cost estimate assumes.');

export const suppressionSchema = z
  .strictObject({
    rule: z.string().min(1).describe('The id of the finding, such as BD-SEC-018.'),
    target: z.string().optional().describe('Only for this entity, endpoint or function. Default: everywhere.'),
    reason: z.string().min(1).describe('Why it is acceptable, for whoever reads this next.'),
    until: calendarDate.optional().describe('The day from which it is reported again (YYYY-MM-DD).'),
  })
  .describe('A finding that is accepted on purpose.');

export const validationSchema = z
  .strictObject({
    suppress: z.array(suppressionSchema).default([]).describe('Findings that are accepted, each with a reason.'),
  })
  .describe('How validation findings are treated.');

export const blueprintSchema = z
  .strictObject({
    $schema: z.string().optional().describe('The JSON Schema of this file, for editors.'),
    project: projectSchema,
    region: regionSchema
      .default(defaultRegion)
      .describe('Where the backend lives: us-east-1, us-east-2 or us-west-2. Default: us-east-2.'),
    environments: z
      .record(environmentName, environmentSchema)
      .default({ dev: { protected: false } })
      .describe('Deployments of the same backend. Default: one, dev.'),
    auth: authSchema.optional(),
    tenancy: tenancySchema.optional(),
    entities: z.array(entitySchema).default([]).describe('What the backend stores: one table for each entity.'),
    api: apiSchema.optional(),
    functions: z.array(functionSchema).default([]).describe('Your own code.'),
    jobs: z.array(jobSchema).default([]).describe('Work on a schedule.'),
    queues: z.array(queueSchema).default([]).describe('Work that is done later, message by message.'),
    storage: z.array(storageSchema).default([]).describe('Places for files.'),
    workflows: z.array(workflowSchema).default([]).describe('Long-running workflows. Only in us-east-2.'),
    frontend: frontendSchema.optional(),
    monitoring: monitoringSchema.optional(),
    cost: costSchema.optional(),
    validation: validationSchema.optional(),
  })
  .describe('A serverless backend on AWS, in one file.');

/** A Blueprint as written, with defaults filled in and nothing implied yet. */
export type BlueprintDocument = z.output<typeof blueprintSchema>;
/** A Blueprint as a user may write it: what has a default may be left out. */
export type BlueprintInput = z.input<typeof blueprintSchema>;
export type EntityDocument = BlueprintDocument['entities'][number];
