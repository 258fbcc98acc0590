import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Stage } from '@aws-sdk/client-api-gateway';
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import { pathOf } from '../aws-request.ts';
import type { Aws } from '../providers/aws.ts';
import { unlessMissing } from '../providers/failure.ts';
import type { ResourceProvider } from '../providers/provider.ts';
import { watchedProviders } from '../providers/watched.ts';
import { UntilChanged } from '../until-changed.ts';

/**
 * The settings of stages and functions, which every request needs: as moto has them, read once and kept until a
 * deployment or a call to their services changes something.
 */
export class DeployedSettings {
  readonly #aws: Aws;
  readonly #stages = new UntilChanged<Stage | undefined>();
  readonly #functions = new UntilChanged<FunctionConfiguration | undefined>();

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  /** Undefined when there is no such stage. */
  stage(region: string, restApiId: string, stageName: string): Promise<Stage | undefined> {
    return this.#stages.find(JSON.stringify([region, restApiId, stageName]), async () => {
      const gateway = await this.#aws.apiGateway(region);
      return unlessMissing(gateway.getStage({ restApiId, stageName }));
    });
  }

  /** Undefined when there is no such function, or none with the version or alias. */
  function(region: string, FunctionName: string, Qualifier?: string): Promise<FunctionConfiguration | undefined> {
    return this.#functions.find(JSON.stringify([region, FunctionName, Qualifier]), async () => {
      const lambda = await this.#aws.lambda(region);
      return unlessMissing(lambda.getFunctionConfiguration({ FunctionName, Qualifier }));
    });
  }

  /** The same providers, with an eye on those that change functions and APIs. */
  watched(providers: ReadonlyMap<string, ResourceProvider>): ReadonlyMap<string, ResourceProvider> {
    return watchedProviders(
      providers,
      (type) => type.startsWith('AWS::Lambda::') || type.startsWith('AWS::ApiGateway::'),
      () => this.#changing(),
    );
  }

  /** Looks at a call that goes to the services themselves, past CloudFormation. */
  watch(request: IncomingMessage, response: ServerResponse): void {
    if (request.method === 'GET' || request.method === 'HEAD') return;
    const path = pathOf(request);
    const invocation = /^\/2015-03-31\/functions\/[^/]+\/invocations\/?$/.test(path);
    if (!invocation && /^\/(restapis|20\d\d-\d\d-\d\d)\//.test(`${path}/`)) response.once('close', this.#changing());
  }

  #changing(): () => void {
    const over = [this.#stages.changing(), this.#functions.changing()];
    return () => {
      for (const end of over) end();
    };
  }
}
