import {
  type Properties,
  ProviderError,
  type ProviderRequest,
  type ProviderResult,
  type ResourceProvider,
} from '../../local-aws/providers/provider.ts';

/** What a service would hold: physical id to type and properties. */
export type MemoryService = Map<string, { type: string; logicalId: string; properties: Properties }>;

/** Asked before every call; a message makes the call fail. */
export type FaultRule = (call: {
  operation: 'create' | 'update' | 'delete';
  logicalId: string;
  properties: Properties;
}) => string | undefined;

/** A service kept in memory, whose calls a test can watch and make fail. */
export class MemoryCloud {
  readonly service: MemoryService = new Map();
  readonly calls: string[] = [];
  fault: FaultRule = () => undefined;
  #count = 0;

  /**
   * @param named The property that names the resource; a second one of the same name is refused, as services do.
   * @param replacing Properties whose change replaces, although no schema says so.
   */
  provider(type: string, named?: string, replacing: readonly string[] = []): ResourceProvider {
    const check = (operation: 'create' | 'update' | 'delete', request: ProviderRequest) => {
      this.calls.push(`${operation} ${request.logicalId}`);
      const message = this.fault({ operation, logicalId: request.logicalId, properties: request.properties });
      if (message !== undefined) throw new ProviderError(message, 'GeneralServiceException');
    };
    const result = (request: ProviderRequest, physicalId: string): ProviderResult => ({
      physicalId,
      attributes: { Arn: `arn:aws:test:::${physicalId}`, Value: String(request.properties.Value ?? '') },
    });
    return {
      create: async (request) => {
        check('create', request);
        this.#count += 1;
        const given = named === undefined ? undefined : request.properties[named];
        const physicalId = typeof given === 'string' ? given : `${request.generatedName(60)}-${this.#count}`;
        if (this.service.has(physicalId)) throw new ProviderError(`${physicalId} already exists`, 'AlreadyExists');
        this.service.set(physicalId, { type, logicalId: request.logicalId, properties: request.properties });
        return result(request, physicalId);
      },
      update: async (request) => {
        check('update', request);
        if (!this.service.has(request.physicalId)) throw new ProviderError(`${request.physicalId} is gone`, 'NotFound');
        this.service.set(request.physicalId, { type, logicalId: request.logicalId, properties: request.properties });
        return result(request, request.physicalId);
      },
      delete: async (request) => {
        check('delete', request);
        this.service.delete(request.physicalId);
      },
      replaces: (previous, next) => replacing.some((name) => previous[name] !== next[name]),
    };
  }
}
