import { apiUrl, frontendUrl, type LiveOutputs } from '../../deployment/addresses.ts';
import type { LiveStack } from '../../deployment/live.ts';
import { isFailure } from '../../deployment/ports.ts';
import { operationEnd } from '../../deployment/recovery.ts';
import { readLive } from '../../deployment/status.ts';
import { layerTitles } from '../../stacks/stack.ts';
import { tellObstacle } from '../account.ts';
import type { OptionValues } from '../command.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { inAccount } from '../in-account.ts';
import { placeWords } from '../target.ts';
import type { Terminal } from '../terminal.ts';

/** `backdrift status`: every stack as CloudFormation has it now. */
export async function run(values: OptionValues, terminal: Terminal): Promise<ExitCode> {
  const json = values.json === true;
  return inAccount(values, terminal, async ({ blueprint, target, connection, clock }) => {
    const live = await readLive(connection.cloudFormation, clock, blueprint.project.slug, target.environment);
    if (isFailure(live)) {
      tellObstacle({ code: live.code, message: 'The stacks cannot be read.', cause: live.message }, terminal, json);
      return exitCode.failed;
    }
    const outputs: LiveOutputs = new Map(live.stacks.map((stack) => [stack.layer, stack.outputs]));
    const addresses = { apiUrl: apiUrl(target, outputs), frontendUrl: frontendUrl(target, outputs) };
    if (json) {
      const { identity } = connection;
      terminal.out(JSON.stringify({ target, identity, ...addresses, stacks: live.stacks }, null, 2));
      return exitCode.done;
    }
    terminal.out(placeWords(blueprint.project.name, target, connection.identity.account, connection.endpoint));
    if (live.stacks.length === 0) terminal.out('Nothing is deployed.');
    for (const stack of live.stacks) terminal.out(statusLine(stack));
    if (addresses.apiUrl !== undefined) terminal.out(`API: ${addresses.apiUrl}`);
    if (addresses.frontendUrl !== undefined) terminal.out(`Frontend: ${addresses.frontendUrl}`);
    return exitCode.done;
  });
}

function statusLine(stack: LiveStack): string {
  const { title, purpose } = layerTitles[stack.layer];
  const end = operationEnd(stack.status);
  const count = stack.resources.length;
  const [sign, word] =
    end === 'complete' ? ['✅', 'Complete'] : end === undefined ? ['🔄', 'In progress'] : ['❌', 'Failed'];
  // An update that was undone left a sound stack behind, yet not the one that was wanted.
  const detail = end === 'complete' ? '' : ` (${stack.status}${stack.reason === undefined ? '' : `: ${stack.reason}`})`;
  return `${sign} ${title} (${purpose}) - ${word}${detail}, ${count === 1 ? '1 resource' : `${count} resources`}`;
}
