import type { LimitFunction } from 'p-limit';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { ResourceProvider } from '../providers/provider.ts';
import type { TokenBook } from './client-token.ts';
import type { DynamicLookup } from './dynamic-references.ts';
import type { Stack } from './stack.ts';
import type { SsmLookup } from './template/parameters.ts';
import type { ReadObject } from './template/source.ts';

/** The rest of the emulated AWS, as far as CloudFormation itself reads from it. */
export interface OtherServices {
  readonly readObject: ReadObject;
  ssm(region: string): SsmLookup;
  dynamic(region: string): DynamicLookup;
}

/** What every operation shares. */
export interface Engine {
  readonly clock: Clock;
  readonly log: Log;
  readonly account: string;
  readonly services: OtherServices;
  providerFor(type: string): ResourceProvider;
  /** Keeps the number of provider calls under way within what the services behind take. */
  readonly limit: LimitFunction;
  /** Aborted when the engine is reset or stopped: operations end where they are. */
  readonly shutdown: AbortSignal;
  /** The stacks of a region, deleted ones included, oldest first. */
  stacks(region: string): Stack[];
  /** Client request tokens by region and stack name. */
  readonly tokens: Map<string, TokenBook>;
  uuid(): string;
}

/** Thrown out of an operation whose engine was reset under it. Nobody is left to be told. */
export class OperationAbandoned extends Error {
  constructor() {
    super('The operation was abandoned: Local AWS was reset or stopped.');
    this.name = 'OperationAbandoned';
  }
}

/** A stack by name or id. Deleted stacks answer to their id only. */
export function findStack(engine: Engine, region: string, nameOrId: string): Stack | undefined {
  return engine
    .stacks(region)
    .findLast((stack) => stack.id === nameOrId || (stack.name === nameOrId && stack.status !== 'DELETE_COMPLETE'));
}

/** Every export of a region. */
export function exportsOf(engine: Engine, region: string): { name: string; value: string; stack: Stack }[] {
  return engine
    .stacks(region)
    .filter((stack) => stack.status !== 'DELETE_COMPLETE')
    .flatMap((stack) =>
      stack.outputs.flatMap(({ exportName, value }) =>
        exportName === undefined ? [] : [{ name: exportName, value, stack }],
      ),
    );
}

/** The stacks that use an export. */
export function importersOf(engine: Engine, region: string, exportName: string): Stack[] {
  return engine.stacks(region).filter((stack) => stack.status !== 'DELETE_COMPLETE' && stack.imports.has(exportName));
}
