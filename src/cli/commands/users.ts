import { userRoles } from '../../deployment/user-roles.ts';
import { tellObstacle } from '../account.ts';
import type { OptionValues } from '../command.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { inAccount } from '../in-account.ts';
import { placeWords } from '../target.ts';
import type { Terminal } from '../terminal.ts';

/** `backdrift users EMAIL`: the roles of a user, changed where asked. */
export async function run(values: OptionValues, terminal: Terminal): Promise<ExitCode> {
  const json = values.json === true;
  return inAccount(values, terminal, async ({ blueprint, target, connection, clock }) => {
    const email = values.argument ?? '';
    const { 'add-role': add, 'remove-role': remove } = values;
    const outcome = await userRoles(connection, clock, blueprint, {
      email,
      ...(add === undefined ? {} : { add }),
      ...(remove === undefined ? {} : { remove }),
    });
    if (outcome.status === 'refused') {
      tellObstacle(outcome.problem, terminal, json);
      return outcome.problem.code === 'unknown-role' ? exitCode.usage : exitCode.failed;
    }
    const { roles, tenant } = outcome;
    if (json) {
      terminal.out(JSON.stringify({ target, email, roles, ...(tenant === undefined ? {} : { tenant }) }, null, 2));
      return exitCode.done;
    }
    terminal.err(placeWords(blueprint.project.name, target, connection.identity.account, connection.endpoint));
    terminal.out(`${email} has ${roles.length === 0 ? 'no roles' : `the roles ${roles.join(', ')}`}.`);
    if (add === undefined && remove === undefined) return exitCode.done;
    terminal.out('Their tokens say so after the next refresh or sign-in.');
    if (blueprint.tenancy.mode === 'multi_tenant')
      terminal.err('Roles within a tenant are given through the API: a change of role there takes this one back.');
    return exitCode.done;
  });
}
