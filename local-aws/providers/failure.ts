import * as z from 'zod';
import type { ResourceProvider } from './provider.ts';
import { ProviderError } from './provider.ts';

/**
 * CloudFormation's HandlerErrorCode for a service's error.
 * https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
 */
function handlerErrorCode(name: string, status: number | undefined, message: string): string {
  // Lambda and API Gateway say Conflict for a name that is taken, too.
  if (status === 409 && /already exists?\b/i.test(message)) return 'AlreadyExists';
  if (/AlreadyExist|EntityAlreadyExists|ResourceInUse|BucketAlreadyOwnedByYou|UsernameExists|GroupExists/i.test(name))
    return 'AlreadyExists';
  if (/NotFound|NoSuch|NonExistent|DoesNotExist/i.test(name) || status === 404) return 'NotFound';
  if (/Throttl|TooManyRequests|RequestLimitExceeded/i.test(name) || status === 429) return 'Throttling';
  if (/LimitExceeded|QuotaExceeded/i.test(name)) return 'ServiceLimitExceeded';
  if (/AccessDenied|Unauthorized|Forbidden/i.test(name) || status === 403) return 'AccessDenied';
  if (/BucketNotEmpty|DeleteConflict|Conflict/i.test(name) || status === 409) return 'ResourceConflict';
  if (/ECONN|ENOTFOUND|EPIPE|TimeoutError/i.test(name)) return 'NetworkFailure';
  if (status !== undefined && status >= 500) return 'ServiceInternalError';
  if (status !== undefined && status >= 400) return 'InvalidRequest';
  return 'GeneralServiceException';
}

const serviceFailure = z.object({
  name: z.string(),
  message: z.string(),
  code: z.string().optional(),
  $service: z.string().optional(),
  $metadata: z.object({ httpStatusCode: z.number().optional(), requestId: z.string().optional() }).optional(),
});

/** A service's error as a resource handler reports it: its message, the service, the status and the request id. */
export function providerError(error: unknown, logicalId: string): ProviderError {
  if (error instanceof ProviderError) return error;
  if (error instanceof z.ZodError) {
    const problems = error.issues.map((issue) => `#/${issue.path.join('/')}: ${issue.message}`).join(', ');
    return new ProviderError(
      `Properties validation failed for resource ${logicalId} with message: [${problems}]`,
      'InvalidRequest',
    );
  }
  const failure = serviceFailure.safeParse(error);
  if (!failure.success) return new ProviderError(String(error), 'InternalFailure');
  const { name, message, code, $metadata } = failure.data;
  const status = $metadata?.httpStatusCode;
  if (status === undefined && !code) return new ProviderError(message || name, 'InternalFailure');
  // moto's own failures are HTML pages, which a client cannot read.
  const unreadable = !message || /^UnknownError$|Deserialization error/i.test(message);
  const said = unreadable ? `The local service failed without a message (${name})` : message;
  const origin = status === undefined ? '' : ` (Status Code: ${status}, Request ID: ${$metadata?.requestId ?? 'none'})`;
  return new ProviderError(`${said}${origin}`, handlerErrorCode(code ?? name, status, said));
}

/** Whether the error says that what was asked for is not there. */
export function isMissing(error: unknown): boolean {
  return providerError(error, '').handlerErrorCode === 'NotFound';
}

/** The answer, or undefined when what was asked for is not there. */
export async function unlessMissing<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * Steps that follow a creation. When one fails, what was created is removed again, so that a failed create leaves
 * nothing that CloudFormation would not know of; the failure itself is what the caller sees.
 */
export async function orUndo<Answer>(steps: () => Promise<Answer>, undo: () => Promise<unknown>): Promise<Answer> {
  try {
    return await steps();
  } catch (error) {
    try {
      await undo();
    } catch (undoing) {
      const failed = providerError(error, '');
      throw new ProviderError(
        `${failed.message}; removing what had been created failed too: ${providerError(undoing, '').message}`,
        failed.handlerErrorCode,
      );
    }
    throw error;
  }
}

/** The provider with every failure as a ProviderError, and "already gone" as a successful delete. */
export function guarded(provider: ResourceProvider): ResourceProvider {
  const update = provider.update?.bind(provider);
  const replaces = provider.replaces?.bind(provider);
  return {
    create: async (request) => {
      try {
        return await provider.create(request);
      } catch (error) {
        throw providerError(error, request.logicalId);
      }
    },
    ...(update && {
      update: async (request) => {
        try {
          return await update(request);
        } catch (error) {
          throw providerError(error, request.logicalId);
        }
      },
    }),
    delete: async (request) => {
      try {
        await provider.delete(request);
      } catch (error) {
        const failure = providerError(error, request.logicalId);
        if (failure.handlerErrorCode !== 'NotFound') throw failure;
      }
    },
    ...(replaces && { replaces }),
  };
}
