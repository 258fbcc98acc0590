/** A refusal as CloudFormation answers it. The code and the text are what clients match on. */
export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'ServiceError';
    this.code = code;
    this.status = status;
  }
}

/** `ValidationError`: what the service answers to nearly every wrong request. */
export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationError', message);
}
