import { randomUUID } from 'node:crypto';
import type { DeployedFunctions } from '../data-plane/deployed-functions.ts';
import { functionReference } from '../data-plane/function-reference.ts';
import type { LambdaRuntime } from '../data-plane/lambda-runtime.ts';
import type { VirtualClock } from '../delivery/virtual-clock.ts';
import { localAccount } from '../providers/aws.ts';
import { DurableExecution, type ExecutionEnd, type Outcome } from './execution.ts';

export interface ExecutionsParts {
  lambda: Pick<LambdaRuntime, 'invoke' | 'versionOf' | 'permits'>;
  functions: DeployedFunctions;
  clock: VirtualClock;
  log: (line: string) => void;
}

export type Begun =
  | { kind: 'begun'; execution: DurableExecution }
  /** The name is taken by an execution with another input. */
  | { kind: 'taken'; arn: string };

/** Every durable execution since the local AWS was started. */
export class DurableExecutions {
  readonly #parts: ExecutionsParts;
  readonly #known = new Map<string, DurableExecution>();

  constructor(parts: ExecutionsParts) {
    this.#parts = parts;
  }

  find(arn: string): DurableExecution | undefined {
    return this.#known.get(arn);
  }

  all(): DurableExecution[] {
    return [...this.#known.values()];
  }

  byCallback(callbackId: string): DurableExecution | undefined {
    return this.all().find((execution) => execution.operationOf(callbackId) !== undefined);
  }

  /**
   * Begins an execution; undefined when the function is none, or is not durable. Under a name that an execution of the
   * function has already, that one is given: beginning twice is beginning once.
   */
  async begin(
    region: string,
    functionName: string,
    qualifier: string | undefined,
    input: string,
    wanted?: string,
  ): Promise<Begun | undefined> {
    const { functions, lambda } = this.#parts;
    const version = await lambda.versionOf(region, functionName, qualifier);
    const timeoutSeconds =
      version === undefined ? undefined : functions.find(region, functionName, version)?.durable?.timeoutSeconds;
    if (version === undefined || timeoutSeconds === undefined) return undefined;
    const prefix = `arn:aws:lambda:${region}:${localAccount}:function:${functionName}`;
    const name = wanted ?? randomUUID();
    const same = this.all().find(
      ({ facts }) => facts.name === name && facts.functionArn === prefix && wanted !== undefined,
    );
    if (same)
      return same.facts.input === input ? { kind: 'begun', execution: same } : { kind: 'taken', arn: same.facts.arn };
    const arn = `${prefix}:${version}/durable-execution/${name}/${randomUUID()}`;
    const execution = new DurableExecution(
      { arn, name, functionArn: prefix, version, input, timeoutSeconds },
      {
        clock: this.#parts.clock,
        invoke: (payload) => lambda.invoke(region, functionName, version, payload),
        call: (target, payload) => this.#call(region, { functionName, version }, target, payload),
        log: this.#parts.log,
      },
    );
    this.#known.set(arn, execution);
    return { kind: 'begun', execution };
  }

  /** What an execution asks another function to do, which may be durable itself. The role of the caller has to allow it. */
  async #call(
    region: string,
    caller: { functionName: string; version: string },
    target: string,
    payload: string,
  ): Promise<Outcome | { later: Promise<Outcome> }> {
    const { name, qualifier, region: elsewhere } = functionReference(target);
    const where = elsewhere ?? region;
    const resource = `arn:aws:lambda:${where}:${localAccount}:function:${name}${qualifier === undefined ? '' : `:${qualifier}`}`;
    const demand = { action: 'lambda:InvokeFunction', resource };
    if (!(await this.#parts.lambda.permits(region, caller.functionName, caller.version, demand)))
      return {
        error: { ErrorType: 'AccessDeniedException', ErrorMessage: `The workflow may not invoke ${resource}.` },
      };
    const begun = await this.begin(where, name, qualifier, payload);
    if (begun?.kind === 'begun') return { later: begun.execution.ended.then(outcomeOf) };
    const result = await this.#parts.lambda.invoke(where, name, qualifier, payload);
    if (result.kind === 'result') return { result: result.payload };
    if (result.kind === 'error')
      return { error: { ErrorType: result.error.errorType ?? 'Error', ErrorMessage: result.error.errorMessage } };
    const ErrorMessage = result.kind === 'unusable' ? result.message : `There is no function ${target}.`;
    return { error: { ErrorType: 'ResourceNotFoundException', ErrorMessage } };
  }
}

function outcomeOf(end: ExecutionEnd): Outcome {
  return end.status === 'SUCCEEDED' ? { result: end.result ?? 'null' } : { error: end.error };
}
