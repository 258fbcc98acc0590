import type { IAM } from '@aws-sdk/client-iam';
import type { Log } from '../log.ts';
import type { Aws } from '../providers/aws.ts';
import { unlessMissing } from '../providers/failure.ts';
import { UntilChanged } from '../until-changed.ts';
import { roleName } from './credentials.ts';
import type { RolePolicies } from './evaluate.ts';
import { parsePolicy, type Statement } from './policy.ts';

/** A role as it is deployed. One that is not there (any more) may do nothing. */
export interface DeployedRole extends RolePolicies {
  /** `AROA…`, with which the user ids of its sessions begin. Undefined where there is no such role. */
  readonly id: string | undefined;
}

const nobody: DeployedRole = { id: undefined, identity: [], boundary: undefined };

/** IAM is global; moto has one for all regions. */
const region = 'us-east-1';

/** The policies of roles as moto has them, read once and kept until something changes. */
export class DeployedRoles {
  readonly #aws: Aws;
  readonly #log: Log;
  readonly #known = new UntilChanged<DeployedRole>();

  constructor(aws: Aws, log: Log) {
    this.#aws = aws;
    this.#log = log;
  }

  /** Inline policies, attached ones in their default version, and the boundary. */
  find(roleArn: string): Promise<DeployedRole> {
    const name = roleName(roleArn);
    return this.#known.find(name, () => this.#read(name));
  }

  /**
   * A role (or without its name, any role or policy) is about to be changed. Until the change is over nothing is kept of
   * it, so that nobody is judged by what was before.
   * @returns To be called once, when it is over.
   */
  changing(role?: string): () => void {
    return this.#known.changing(role);
  }

  async #read(RoleName: string): Promise<DeployedRole> {
    const iam = await this.#aws.iam(region);
    const role = (await unlessMissing(iam.getRole({ RoleName })))?.Role;
    if (role === undefined) return nobody;
    const statements: Statement[] = [];
    const { PolicyNames = [] } = await iam.listRolePolicies({ RoleName });
    for (const PolicyName of PolicyNames) {
      const { PolicyDocument } = await iam.getRolePolicy({ RoleName, PolicyName });
      statements.push(...this.#statements(PolicyDocument, `${PolicyName} of the role ${RoleName}`));
    }
    const { AttachedPolicies = [] } = await iam.listAttachedRolePolicies({ RoleName });
    for (const { PolicyArn } of AttachedPolicies) statements.push(...(await this.#managed(iam, PolicyArn)));
    const boundary = role.PermissionsBoundary?.PermissionsBoundaryArn;
    return {
      id: role.RoleId,
      identity: statements,
      boundary: boundary === undefined ? undefined : await this.#managed(iam, boundary),
    };
  }

  async #managed(iam: IAM, PolicyArn: string | undefined): Promise<Statement[]> {
    const policy = (await unlessMissing(iam.getPolicy({ PolicyArn })))?.Policy;
    if (policy === undefined) {
      this.#log(`IAM: there is no policy ${PolicyArn}. Roles that have it get nothing from it.`);
      return [];
    }
    const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn, VersionId: policy.DefaultVersionId });
    return this.#statements(PolicyVersion?.Document, PolicyArn ?? '');
  }

  #statements(document: string | undefined, what: string): Statement[] {
    try {
      return parsePolicy(decoded(document ?? ''));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log(`IAM: the policy ${what} cannot be read, and so allows nothing: ${reason}`);
      return [];
    }
  }
}

/** IAM gives documents back URL-encoded. */
function decoded(document: string): string {
  try {
    return decodeURIComponent(document);
  } catch {
    // A plain document with a percent sign in it.
    return document;
  }
}
