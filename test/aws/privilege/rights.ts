import type { IAM } from '@aws-sdk/client-iam';
import * as z from 'zod';
import type { ProjectFunction } from './project.ts';

/** One action on one resource, as a function's deployed role allows it: the smallest thing that can be taken away. */
export interface Right {
  action: string;
  resource: string;
  condition?: Record<string, unknown>;
}

const list = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const Document = z.object({
  Version: z.string(),
  Statement: z.array(
    z.strictObject({
      Effect: z.literal('Allow'),
      Action: list,
      Resource: list,
      Condition: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});

/** The one inline policy of a function's role, which can be put back as it was. */
export class FunctionRights {
  readonly all: readonly Right[];
  readonly #iam: IAM;
  readonly #roleName: string;
  readonly #policyName: string;
  readonly #document: string;

  private constructor(iam: IAM, roleName: string, policyName: string, document: string, all: Right[]) {
    this.#iam = iam;
    this.#roleName = roleName;
    this.#policyName = policyName;
    this.#document = document;
    this.all = all;
  }

  static async of(iam: IAM, { roleArn }: Pick<ProjectFunction, 'roleArn'>): Promise<FunctionRights> {
    const RoleName = roleArn.split('/').at(-1) ?? '';
    const { PolicyNames = [] } = await iam.listRolePolicies({ RoleName });
    const [PolicyName, ...others] = PolicyNames;
    if (PolicyName === undefined || others.length > 0)
      throw new Error(`${RoleName} has ${PolicyNames.length} policies.`);
    const { AttachedPolicies = [] } = await iam.listAttachedRolePolicies({ RoleName });
    if (AttachedPolicies.length > 0) throw new Error(`${RoleName} has attached policies.`);
    const { PolicyDocument = '' } = await iam.getRolePolicy({ RoleName, PolicyName });
    const text = decodeURIComponent(PolicyDocument);
    const rights = Document.parse(JSON.parse(text)).Statement.flatMap(({ Action, Resource, Condition }) =>
      Action.flatMap((action) =>
        Resource.map((resource) => ({
          action,
          resource,
          ...(Condition === undefined ? {} : { condition: Condition }),
        })),
      ),
    );
    return new FunctionRights(iam, RoleName, PolicyName, text, rights);
  }

  /** Takes one right away; whichever was taken before is back. */
  async lack(missing: Right): Promise<void> {
    const Statement = this.all
      .filter((right) => right !== missing)
      .map(({ action, resource, condition }) => ({
        Effect: 'Allow',
        Action: action,
        Resource: resource,
        ...(condition === undefined ? {} : { Condition: condition }),
      }));
    await this.#put(JSON.stringify({ Version: '2012-10-17', Statement }));
  }

  /** As it was deployed. */
  async restore(): Promise<void> {
    await this.#put(this.#document);
  }

  async #put(PolicyDocument: string): Promise<void> {
    await this.#iam.putRolePolicy({ RoleName: this.#roleName, PolicyName: this.#policyName, PolicyDocument });
  }
}
