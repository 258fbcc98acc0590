import assert from 'node:assert/strict';
import { deploy } from '../../../src/deployment/engine.ts';
import type { DeploymentEvent } from '../../../src/deployment/progress.ts';
import type { Stack } from '../../../src/stacks/stack.ts';
import { stackOf } from '../../builders/stacks.ts';
import { FakeAccount } from '../../fakes/fake-account.ts';

/** An API whose access log is made only where the account allows it. */
function apiStack(change = ''): Stack {
  const stack = stackOf({
    layer: 'api',
    resources: { RestApi: 'AWS::ApiGateway::RestApi', AccessLogGroup: 'AWS::Logs::LogGroup' },
    properties: { RestApi: { Description: change } },
    parameters: { AccessLogs: { from: 'account-setting', setting: 'api-gateway-logs' } },
  });
  stack.template.Conditions = { HasAccessLogs: { 'Fn::Equals': [{ Ref: 'AccessLogs' }, 'true'] } };
  Object.assign(stack.template.Resources.AccessLogGroup ?? {}, { Condition: 'HasAccessLogs' });
  return { ...stack, body: JSON.stringify(stack.template) };
}

async function deployed(account: FakeAccount, stack: Stack) {
  const events: DeploymentEvent[] = [];
  const outcome = await account.clock.run(
    deploy(
      { project: 'shop', blueprint: '', stacks: [stack], host: 'laptop' },
      { connection: account.connection(), clock: account.clock, artifacts: account.artifacts },
      (event) => events.push(event),
      new AbortController().signal,
    ),
  );
  assert.equal(outcome.status, 'finished', JSON.stringify(outcome));
  const started = events.find((event) => event.type === 'started');
  return {
    planned: started?.stacks[0]?.planned,
    parameter: outcome.status === 'finished' ? outcome.entry.stacks.api?.parameters.AccessLogs : undefined,
    warnings: events.flatMap((event) => (event.type === 'log' && event.level === 'warn' ? [event.message] : [])),
  };
}

describe('a setting of the account', () => {
  it('that is off leaves the access log out, says so, and does not count it', async () => {
    const { planned, parameter, warnings } = await deployed(new FakeAccount(), apiStack());
    assert.equal(parameter, 'false');
    assert.equal(planned, 1);
    assert.equal(warnings.filter((warning) => warning.includes('no access log')).length, 1);
  });

  it('that is on gives the API its access log', async () => {
    const account = new FakeAccount();
    account.apiGatewayLogs = { status: 'found', enabled: true };
    const { planned, parameter, warnings } = await deployed(account, apiStack());
    assert.equal(parameter, 'true');
    assert.equal(planned, 2);
    assert.deepEqual(warnings, []);
  });

  it('that cannot be read is off at first, and later stays as it was', async () => {
    const account = new FakeAccount();
    const denied = { status: 'rejected', code: 'AccessDeniedException', message: 'Not yours.' } as const;
    account.apiGatewayLogs = denied;
    assert.equal((await deployed(account, apiStack())).parameter, 'false');
    account.apiGatewayLogs = { status: 'found', enabled: true };
    assert.equal((await deployed(account, apiStack('2'))).parameter, 'true');
    account.apiGatewayLogs = denied;
    assert.equal((await deployed(account, apiStack('3'))).parameter, 'true');
  });
});
