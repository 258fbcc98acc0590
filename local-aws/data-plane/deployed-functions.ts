/** Where a function's zip is: in memory (inline code, a direct upload) or in a bucket. */
export type FunctionCode =
  | { from: 'memory'; zip: Uint8Array }
  | { from: 'bucket'; bucket: string; key: string; version?: string };

/** What moto forgets of a function although Lambda keeps it. */
export interface DeployedFunction {
  code: FunctionCode;
  /** From LoggingConfig; `/aws/lambda/<name>` when absent. */
  logGroup?: string;
  /** From LoggingConfig: plain lines (Lambda's default) or one JSON object a line. */
  logFormat?: 'Text' | 'JSON';
  /** From DurableConfig: the function is durable, and an execution may last so long. */
  durable?: { timeoutSeconds: number };
}

/**
 * The code and log settings of deployed functions. moto keeps a function's configuration, but gives no way to read its
 * code back and drops LoggingConfig; whoever deploys a function (the CloudFormation provider, the Lambda API in front
 * of moto) notes both here, and the data plane reads them. Lives as long as the process, like moto's own state.
 */
export class DeployedFunctions {
  readonly #functions = new Map<string, DeployedFunction>();

  /** `version` is `$LATEST` unless a version was published. */
  note(region: string, name: string, deployed: Partial<DeployedFunction>, version = '$LATEST'): void {
    const known = this.#functions.get(key(region, name, version));
    const code = deployed.code ?? known?.code;
    if (code) this.#functions.set(key(region, name, version), { ...known, ...deployed, code });
  }

  find(region: string, name: string, version = '$LATEST'): DeployedFunction | undefined {
    return this.#functions.get(key(region, name, version));
  }

  /** A published version keeps the code that it was published with. */
  publish(region: string, name: string, version: string): void {
    const latest = this.find(region, name);
    if (latest) this.#functions.set(key(region, name, version), { ...latest });
  }

  /** One version, or the function with all its versions. */
  forget(region: string, name: string, version?: string): void {
    if (version) {
      this.#functions.delete(key(region, name, version));
      return;
    }
    const prefix = `${region}/${name}/`;
    for (const known of this.#functions.keys()) if (known.startsWith(prefix)) this.#functions.delete(known);
  }
}

function key(region: string, name: string, version: string): string {
  return `${region}/${name}/${version}`;
}
