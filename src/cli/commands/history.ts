import { listHistory } from '../../deployment/history.ts';
import type { HistoryEntry } from '../../deployment/live.ts';
import { artifactBucket } from '../../deployment/names.ts';
import { isFailure } from '../../deployment/ports.ts';
import { tellObstacle } from '../account.ts';
import type { OptionValues } from '../command.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { inAccount } from '../in-account.ts';
import { placeWords } from '../target.ts';
import type { Terminal } from '../terminal.ts';

/** `backdrift history`: who deployed what and how it ended. */
export async function run(values: OptionValues, terminal: Terminal): Promise<ExitCode> {
  const limit = values.limit === undefined ? 20 : Number(values.limit);
  if (!Number.isInteger(limit) || limit < 1) {
    terminal.err('--limit takes a whole number of at least 1.');
    return exitCode.usage;
  }
  const json = values.json === true;
  return inAccount(values, terminal, async ({ blueprint, target, connection, clock }) => {
    const store = connection.bucket(artifactBucket(connection.identity.account, target.region));
    const history = await listHistory(store, clock, blueprint.project.slug, target.environment, limit);
    if (isFailure(history)) {
      tellObstacle(
        { code: history.code, message: 'The history cannot be read.', cause: history.message },
        terminal,
        json,
      );
      return exitCode.failed;
    }
    for (const { number, message } of history.unreadable) {
      terminal.err(`warning unreadable-entry Deployment ${number} cannot be read.\n  ${message}`);
    }
    if (json) {
      terminal.out(JSON.stringify({ target, identity: connection.identity, deployments: history.entries }, null, 2));
      return exitCode.done;
    }
    terminal.out(placeWords(blueprint.project.name, target, connection.identity.account, connection.endpoint));
    if (history.entries.length === 0) terminal.out('Nothing was deployed yet.');
    for (const entry of history.entries) terminal.out(historyLine(entry));
    return exitCode.done;
  });
}

function historyLine({ number, kind, status, startedAt, actor, stacks }: HistoryEntry): string {
  const bad = Object.values(stacks).filter(({ result }) => result === 'failed' || result === 'blocked').length;
  const trouble = bad === 0 ? '' : `, ${bad} of ${Object.keys(stacks).length} stacks failed or were not begun`;
  return `#${number}  ${startedAt.slice(0, 16).replace('T', ' ')}  ${kind} ${status}${trouble}  ${actor.arn} on ${actor.host}`;
}
