import type { ResourceProvider } from './provider.ts';

/**
 * The same providers, with an eye on those of some types.
 * @param changing called before a resource of these types changes, with its id where it has one; what it gives back is
 *   called when that is over
 */
export function watchedProviders(
  providers: ReadonlyMap<string, ResourceProvider>,
  isMeant: (type: string) => boolean,
  changing: (type: string, physicalId?: string) => () => void,
): ReadonlyMap<string, ResourceProvider> {
  return new Map(
    [...providers].map(([type, provider]) => [
      type,
      isMeant(type) ? watched(provider, (physicalId) => changing(type, physicalId)) : provider,
    ]),
  );
}

function watched(provider: ResourceProvider, changing: (physicalId?: string) => () => void): ResourceProvider {
  const during = async <Result>(work: Promise<Result>, over: () => void): Promise<Result> => work.finally(over);
  const update = provider.update?.bind(provider);
  return {
    ...provider,
    create: (request) => during(provider.create(request), changing()),
    ...(update && { update: (request) => during(update(request), changing(request.physicalId)) }),
    delete: (request) => during(provider.delete(request), changing(request.physicalId)),
  };
}
