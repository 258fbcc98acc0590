import { ProviderError, type ProviderRequest } from '../providers/provider.ts';
import { generatedName, nameSuffix } from './generated-name.ts';
import { checkNotAbandoned, type Work } from './operation.ts';
import type { ResourceInstance } from './stack.ts';

/** How a call of a provider ended. */
export type ProviderOutcome<T> =
  | { readonly kind: 'done'; readonly result: T }
  | { readonly kind: 'failed'; readonly reason: string }
  /** The operation was cancelled before the call: nothing has changed. */
  | { readonly kind: 'cancelled' };

/** What a provider is told of a resource. */
export function providerRequest(work: Work, instance: ResourceInstance): ProviderRequest {
  const { stack } = work;
  const suffix = nameSuffix();
  return {
    logicalId: instance.logicalId,
    properties: instance.properties,
    stack: { name: stack.name, id: stack.id },
    account: stack.account,
    region: stack.region,
    generatedName: (maxLength, lowerCase) =>
      generatedName(stack.name, instance.logicalId, suffix, maxLength, lowerCase),
  };
}

/** Calls a provider within the engine's limit. A failure comes back in a resource handler's words. */
export function callProvider<T>(work: Work, call: () => Promise<T>): Promise<ProviderOutcome<T>> {
  return work.engine.limit(async (): Promise<ProviderOutcome<T>> => {
    checkNotAbandoned(work);
    if (work.operation.cancel.signal.aborted) return { kind: 'cancelled' };
    try {
      return { kind: 'done', result: await call() };
    } catch (error) {
      checkNotAbandoned(work);
      return { kind: 'failed', reason: failureReason(work, error) };
    }
  });
}

function failureReason(work: Work, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof ProviderError ? error.handlerErrorCode : 'InternalFailure';
  if (!(error instanceof ProviderError)) {
    const detail = error instanceof Error ? (error.stack ?? message) : message;
    work.engine.log(`CloudFormation: a provider failed in a way that it does not foresee: ${detail}`);
  }
  return `Resource handler returned message: "${message}" (RequestToken: ${work.engine.uuid()}, HandlerErrorCode: ${code})`;
}
