import type * as ApiGateway from '@aws-sdk/client-api-gateway';
import type { Aws } from '../providers/aws.ts';
import { unlessMissing } from '../providers/failure.ts';

/** A REST API as it was when a deployment was made: what a stage that points at the deployment serves. */
export interface ApiSnapshot {
  restApiId: string;
  deploymentId: string;
  region: string;
  binaryMediaTypes: string[];
  resources: readonly ApiGateway.Resource[];
  /** By id. */
  authorizers: ReadonlyMap<string, ApiGateway.Authorizer>;
  /** By response type. */
  gatewayResponses: ReadonlyMap<string, ApiGateway.GatewayResponse>;
  /** By id. */
  validators: ReadonlyMap<string, ApiGateway.RequestValidator>;
  /** By name. */
  models: ReadonlyMap<string, ApiGateway.Model>;
}

/** Where an API may be that was not made through CloudFormation, and so was never seen. */
const usualRegions = ['us-east-1', 'us-east-2', 'us-west-2'];

/**
 * The deployments of the REST APIs. moto keeps a deployment's id and nothing of what was deployed, so the API is read
 * from it at that moment and kept here. Lives as long as the process, like moto's own state.
 */
export class ApiSnapshots {
  readonly #aws: Aws;
  readonly #snapshots = new Map<string, Promise<ApiSnapshot>>();
  readonly #regions = new Map<string, string>();

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  /** Tells in which region an API is; the address that the data plane serves does not. */
  locate(restApiId: string, region: string): void {
    this.#regions.set(restApiId, region);
  }

  /** The region of an API; undefined when no region has it. */
  async region(restApiId: string): Promise<string | undefined> {
    const known = this.#regions.get(restApiId);
    if (known) return known;
    for (const region of usualRegions) {
      const gateway = await this.#aws.apiGateway(region);
      if (await unlessMissing(gateway.getRestApi({ restApiId }))) {
        this.locate(restApiId, region);
        return region;
      }
    }
    return undefined;
  }

  /** Keeps the API as it is now under the deployment. */
  async take(restApiId: string, deploymentId: string, region: string): Promise<ApiSnapshot> {
    this.locate(restApiId, region);
    const snapshot = readApi(this.#aws, restApiId, deploymentId, region);
    this.#snapshots.set(`${restApiId}/${deploymentId}`, snapshot);
    try {
      return await snapshot;
    } catch (error) {
      this.#snapshots.delete(`${restApiId}/${deploymentId}`);
      throw error;
    }
  }

  /**
   * What was deployed. A deployment that was made past CloudFormation (the aws CLI, Terraform) is taken when it is
   * first asked for: until then nobody could have noticed a difference.
   */
  async find(restApiId: string, deploymentId: string, region: string): Promise<ApiSnapshot> {
    return (await this.#snapshots.get(`${restApiId}/${deploymentId}`)) ?? this.take(restApiId, deploymentId, region);
  }

  /** One deployment, or the API with all its deployments. */
  forget(restApiId: string, deploymentId?: string): void {
    if (deploymentId) {
      this.#snapshots.delete(`${restApiId}/${deploymentId}`);
      return;
    }
    this.#regions.delete(restApiId);
    for (const key of this.#snapshots.keys()) if (key.startsWith(`${restApiId}/`)) this.#snapshots.delete(key);
  }
}

async function readApi(aws: Aws, restApiId: string, deploymentId: string, region: string): Promise<ApiSnapshot> {
  const gateway = await aws.apiGateway(region);
  const [api, resources, authorizers, responses, validators, models] = await Promise.all([
    gateway.getRestApi({ restApiId }),
    gateway.getResources({ restApiId, limit: 500, embed: ['methods'] }),
    gateway.getAuthorizers({ restApiId, limit: 500 }),
    gateway.getGatewayResponses({ restApiId, limit: 500 }),
    gateway.getRequestValidators({ restApiId, limit: 500 }),
    gateway.getModels({ restApiId, limit: 500 }),
  ]);
  return {
    restApiId,
    deploymentId,
    region,
    binaryMediaTypes: api.binaryMediaTypes ?? [],
    resources: resources.items ?? [],
    authorizers: by(authorizers.items, (authorizer) => authorizer.id),
    gatewayResponses: by(responses.items, (response) => response.responseType),
    validators: by(validators.items, (validator) => validator.id),
    models: by(models.items, (model) => model.name),
  };
}

function by<Item>(items: Item[] | undefined, key: (item: Item) => string | undefined): Map<string, Item> {
  return new Map(
    (items ?? []).flatMap((item) => {
      const found = key(item);
      return found ? [[found, item] as const] : [];
    }),
  );
}
