import assert from 'node:assert/strict';
import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import fc from 'fast-check';
import { type LocalCloudFormation, localCloudFormation, thing } from '../../../builders/local-cloudformation.ts';

interface ResourcePlan {
  value: number;
  fixed: number;
  needs: number[];
  retain: boolean;
  /** The operation on it that fails, if any. */
  fault: 'create' | 'update' | 'delete' | 'none';
}

const size = 6;
const resourcePlan: fc.Arbitrary<ResourcePlan | undefined> = fc.option(
  fc.record({
    value: fc.nat(2),
    fixed: fc.nat(1),
    needs: fc.array(fc.nat(size - 1), { maxLength: 2 }),
    retain: fc.boolean(),
    fault: fc.constantFrom<ResourcePlan['fault']>('none', 'none', 'none', 'create', 'update', 'delete'),
  }),
  { nil: undefined },
);
const stackPlan = fc.array(resourcePlan, { minLength: size, maxLength: size });
type StackPlan = (ResourcePlan | undefined)[];

function template(plan: StackPlan, retaining: boolean): string {
  const resources = plan.flatMap((resource, i) => {
    if (!resource) return [];
    const needs = [...new Set(resource.needs)].filter((need) => need < i && plan[need]);
    return [
      [
        `R${i}`,
        {
          Type: thing,
          ...(retaining && resource.retain && { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' }),
          Properties: { Value: resource.value, Fixed: resource.fixed, Of: needs.map((need) => ({ Ref: `R${need}` })) },
        },
      ],
    ];
  });
  return JSON.stringify({
    Resources: Object.fromEntries([...resources, ['Anchor', { Type: thing, Properties: { Value: 0 } }]]),
    Outputs: Object.fromEntries(resources.map(([id]) => [`Out${id}`, { Value: { Ref: id } }])),
  });
}

/** Everything that a user can see of a stack besides its history and status. */
async function visible(local: LocalCloudFormation) {
  const { Stacks } = await local.client.send(new DescribeStacksCommand({ StackName: 's' }));
  const { StackResourceSummaries } = await local.client.send(new ListStackResourcesCommand({ StackName: 's' }));
  return {
    outputs: Stacks?.[0]?.Outputs,
    resources: StackResourceSummaries?.map((r) => [r.LogicalResourceId, r.PhysicalResourceId]).sort(),
  };
}

async function statusOf(local: LocalCloudFormation): Promise<string> {
  const { Stacks } = await local.client.send(new DescribeStacksCommand({ StackName: 's' }));
  return Stacks?.[0]?.StackStatus ?? '';
}

const faultsOf = (local: LocalCloudFormation, plan: StackPlan, operations: readonly string[]) => {
  local.cloud.fault = ({ operation, logicalId }) => {
    const fault = plan[Number(logicalId.slice(1))]?.fault;
    return fault === operation && operations.includes(operation) ? `${operation} refused` : undefined;
  };
};

describe('Any stack operation', function () {
  this.timeout(60_000);

  it('comes to a terminal status, whatever fails, with no bug in the log', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(stackPlan, fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 3 }),
        async (steps) => {
          const local = localCloudFormation();
          for (const [index, [plan, retaining, preserve]] of steps.entries()) {
            faultsOf(local, plan, ['create', 'update', 'delete']);
            const input = { StackName: 's', TemplateBody: template(plan, retaining), DisableRollback: preserve };
            await local.client
              .send(index === 0 ? new CreateStackCommand(input) : new UpdateStackCommand(input))
              // An update that the status or the sameness of the template forbids is refused, which is an answer.
              .catch((error: Error) => assert.match(error.name, /^ValidationError$/));
            await local.clock.run();
            assert.match(await statusOf(local), /_(COMPLETE|FAILED)$/);
          }
          await local.client.send(new DeleteStackCommand({ StackName: 's' }));
          await local.clock.run();
          assert.deepEqual(local.log, []);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('when it is a failed update, leaves resources, outputs and the services as they were', async () => {
    await fc.assert(
      fc.asyncProperty(stackPlan, stackPlan, async (first, second) => {
        const local = localCloudFormation();
        await local.client.send(new CreateStackCommand({ StackName: 's', TemplateBody: template(first, false) }));
        await local.clock.run();
        const before = { ...(await visible(local)), service: new Map(local.cloud.service) };
        faultsOf(local, second, ['create']);
        const input = { StackName: 's', TemplateBody: template(second, false) };
        const same = await local.client.send(new UpdateStackCommand(input)).then(
          () => false,
          (error: Error) => /No updates/.test(error.message),
        );
        await local.clock.run();
        const status = await statusOf(local);
        if (status === 'UPDATE_ROLLBACK_COMPLETE') {
          assert.deepEqual({ ...(await visible(local)), service: new Map(local.cloud.service) }, before);
        } else {
          assert.equal(status, same ? 'CREATE_COMPLETE' : 'UPDATE_COMPLETE');
          const live = (await visible(local)).resources?.map(([, physicalId]) => physicalId).sort();
          assert.deepEqual([...local.cloud.service.keys()].sort(), live, 'nothing is left over');
        }
      }),
      { numRuns: 80 },
    );
  });

  it('when it is a deletion without faults, leaves nothing but what is retained', async () => {
    await fc.assert(
      fc.asyncProperty(stackPlan, async (plan) => {
        const local = localCloudFormation();
        await local.client.send(new CreateStackCommand({ StackName: 's', TemplateBody: template(plan, true) }));
        await local.clock.run();
        await local.client.send(new DeleteStackCommand({ StackName: 's' }));
        await local.clock.run();
        const retained = plan.flatMap((resource, i) => (resource?.retain ? [`R${i}`] : []));
        assert.deepEqual([...local.cloud.service.values()].map(({ logicalId }) => logicalId).sort(), retained);
      }),
      { numRuns: 40 },
    );
  });
});
