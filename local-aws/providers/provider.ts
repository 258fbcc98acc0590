/**
 * A resource provider: what CloudFormation calls a resource handler. It makes one resource type real through the
 * service's own API. The stack engine above it knows nothing of services.
 */
export interface ResourceProvider {
  create(request: ProviderRequest): Promise<ProviderResult>;
  /** In place. A provider without it has no updatable property. */
  update?(request: ProviderRequest & { physicalId: string; previous: Properties }): Promise<ProviderResult>;
  /** Already gone counts as deleted. */
  delete(request: ProviderRequest & { physicalId: string }): Promise<void>;
  /** Changes that replace the resource although the registry's schema does not say so. */
  replaces?(previous: Properties, next: Properties): boolean;
}

/** Properties after intrinsic functions are resolved. Parsed with zod inside the provider before use. */
export type Properties = { readonly [key: string]: unknown };

export interface ProviderRequest {
  logicalId: string;
  properties: Properties;
  stack: { name: string; id: string };
  account: string;
  region: string;
  /** `<stack>-<logicalId>-<suffix>`, cut to `maxLength`, as CloudFormation names what has no name. Lower case on request. */
  generatedName(maxLength: number, lowerCase?: boolean): string;
}

export interface ProviderResult {
  physicalId: string;
  /** What Ref gives; the physical id when absent. */
  ref?: string;
  /** What Fn::GetAtt gives. */
  attributes: Record<string, string>;
}

/** A failure as a resource handler reports it; the code is CloudFormation's HandlerErrorCode (AlreadyExists, NotFound, …). */
export class ProviderError extends Error {
  readonly handlerErrorCode: string;
  constructor(message: string, handlerErrorCode = 'GeneralServiceException') {
    super(message);
    this.handlerErrorCode = handlerErrorCode;
  }
}
