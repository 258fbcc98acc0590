import type { Log } from '../log.ts';
import { type Aws, localAccount } from '../providers/aws.ts';
import { advice } from './advice.ts';
import { RequestContext } from './context.ts';
import { CredentialStore, type RoleCredentials, type RoleSession, sessionArn } from './credentials.ts';
import type { Demand } from './demands/demand.ts';
import { Denials } from './denials.ts';
import { evaluate } from './evaluate.ts';
import { DeployedRoles } from './role-policies.ts';

export type DecisionListener = (session: RoleSession, demand: Demand, allowed: boolean) => void;

/**
 * Who may do what: the credentials of roles, and the roles' policies as they are deployed. The data plane asks it for
 * what the platform does in a function's name (writing its log, reading its queue); the front door for everything that
 * functions ask for themselves.
 */
export class Authority {
  readonly store = new CredentialStore();
  readonly roles: DeployedRoles;
  readonly denials = new Denials();
  readonly #listeners = new Set<DecisionListener>();
  readonly #log: Log;
  readonly #said = new Set<string>();

  constructor(aws: Aws, log: Log) {
    this.roles = new DeployedRoles(aws, log);
    this.#log = log;
  }

  /** The credentials that a function finds in its environment. */
  credentialsOf(session: RoleSession): RoleCredentials {
    return this.store.issue(session);
  }

  /**
   * Whether the platform may do something in a function's name. A refusal is said in the log, with what to do about it,
   * unless the role is gone: then the function went as well, and this is the last of its lines.
   */
  async permits(session: RoleSession, demand: Demand, region: string): Promise<boolean> {
    if ((await this.roles.find(session.roleArn)).id === undefined) return false;
    return (await this.refusalOf(session, demand, region)) === undefined;
  }

  /** AWS's sentence when a role's session may not; undefined when it may. */
  async refusalOf(session: RoleSession, demand: Demand, region: string): Promise<string | undefined> {
    const reason = await this.reasonAgainst(session, demand, region);
    for (const listener of this.#listeners) listener(session, demand, reason === undefined);
    if (reason === undefined) return undefined;
    this.denials.note(session, demand);
    this.say(advice(session, demand));
    return reason;
  }

  /**
   * Tells of everything that functions ask for, allowed or not: what a function really needs.
   * @returns Ends it.
   */
  onDecision(listener: DecisionListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** The same without a word in the log: for what AWS looks at without being asked for it. */
  async reasonAgainst(session: RoleSession, demand: Demand, region: string): Promise<string | undefined> {
    const role = await this.roles.find(session.roleArn);
    const now = new Date();
    const everywhere = {
      'aws:CurrentTime': now.toISOString(),
      'aws:EpochTime': String(Math.floor(now.getTime() / 1000)),
      'aws:PrincipalAccount': localAccount,
      'aws:PrincipalArn': session.roleArn,
      'aws:PrincipalType': 'AssumedRole',
      'aws:RequestedRegion': region,
      'aws:ResourceAccount': localAccount,
      // So it is on AWS, where SDKs speak TLS; here all is one machine.
      'aws:SecureTransport': 'true',
      'aws:userid': `${role.id ?? ''}:${session.sessionName}`,
      'aws:ViaAWSService': 'false',
    };
    const { action, resource } = demand;
    const context = new RequestContext(everywhere, demand.context ?? {});
    const decision = evaluate(role, action, resource, context, (operator) =>
      this.say(
        `IAM: the condition operator ${operator} in a policy of ${session.sessionName} is not known here. It counts as not met where the policy allows, and as met where it denies.`,
      ),
    );
    if (decision.allowed) return undefined;
    // S3 alone puts the resource in quotes.
    const named = action.startsWith('s3:') ? `"${resource}"` : resource;
    return `User: ${sessionArn(session)} is not authorized to perform: ${action} on resource: ${named} ${decision.because}`;
  }

  /** A line for the log, once: a function that is refused tries again, call after call. */
  say(line: string): void {
    if (this.#said.has(line)) return;
    // Lines name resources, of which there could be any number.
    if (this.#said.size >= 1_000) this.#said.clear();
    this.#said.add(line);
    this.#log(line);
  }
}
