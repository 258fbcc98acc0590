import type {
  AccountSettings,
  ArtifactSource,
  Connection,
  FrontendConfig,
  FrontendSource,
} from '../../src/deployment/ports.ts';
import type { Target } from '../../src/deployment/target.ts';
import { FakeCloudFormation } from './fake-cloudformation.ts';
import { FakeAmplify } from './fake-frontend.ts';
import { FakeS3 } from './fake-object-store.ts';
import { FakeUsers } from './fake-users.ts';
import { VirtualClock } from './virtual-clock.ts';

/** An AWS account in memory, with its own time. */
export class FakeAccount {
  readonly clock = new VirtualClock();
  readonly s3 = new FakeS3(this.clock);
  readonly cloudFormation = new FakeCloudFormation(this.clock, this.s3);
  readonly amplify = new FakeAmplify(this.clock);
  /** What GetAccount of API Gateway tells. */
  apiGatewayLogs: Awaited<ReturnType<AccountSettings['apiGatewayLogs']>> = { status: 'found', enabled: false };
  /** Artifacts that were built, in order. */
  readonly built: string[] = [];
  /** Messages that were put into queues, in order. */
  readonly sent: { url: string; body: string; group?: string }[] = [];
  /** What functions have logged. */
  logged: string[] = [];
  readonly users = new FakeUsers();
  readonly target: Target = {
    kind: 'aws',
    environment: 'dev',
    region: 'us-east-2',
    protected: false,
  };

  connection(who = 'anna'): Connection {
    return {
      target: this.target,
      identity: { account: '123456789012', arn: `arn:aws:iam::123456789012:user/${who}` },
      cloudFormation: this.cloudFormation,
      bucket: (name) => this.s3.bucket(name),
      frontend: this.amplify,
      settings: { apiGatewayLogs: async () => this.apiGatewayLogs },
      queues: {
        send: async (url, body, group) => {
          this.sent.push({ url, body, ...(group === undefined ? {} : { group }) });
          return { status: 'sent', messageId: String(this.sent.length) };
        },
      },
      logs: { since: async () => ({ status: 'found', messages: this.logged }) },
      users: this.users,
      close: () => {},
    };
  }

  readonly artifacts: ArtifactSource = {
    build: async ({ key }) => {
      this.built.push(key);
      return { status: 'built', bytes: new TextEncoder().encode(`zip of ${key}`) };
    },
  };

  /** A frontend whose zip is its configuration and its files. */
  frontend(files = 'index'): FrontendSource {
    return {
      zip: async (config: FrontendConfig) => ({
        status: 'built',
        bytes: new TextEncoder().encode(`${files} ${JSON.stringify(config)}`),
      }),
    };
  }

  get calls(): string[] {
    return [...this.cloudFormation.calls, ...this.s3.calls, ...this.amplify.calls];
  }
}
