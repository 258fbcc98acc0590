import { hostname } from 'node:os';
import { baselineInAccount } from '../../deployment/baseline.ts';
import { type DeployOutcome, deploy } from '../../deployment/engine.ts';
import { lookAround } from '../../deployment/look.ts';
import { artifactBucket } from '../../deployment/names.ts';
import type { Connection } from '../../deployment/ports.ts';
import type { DeploymentProgress } from '../../deployment/progress.ts';
import type { Preview } from '../../preview/preview.ts';
import { openAccount, tellObstacle } from '../account.ts';
import { changesToAcknowledge } from '../acknowledge.ts';
import type { OptionValues } from '../command.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { obstacleLines } from '../problem-lines.ts';
import { stackLine } from '../progress-lines.ts';
import { progressView } from '../progress-view.ts';
import { type OpenProject, openProject } from '../project.ts';
import { targetWords } from '../target.ts';
import type { Terminal } from '../terminal.ts';

/** `backdrift deploy`: preview against the account, ask, deploy, show it live. */
export async function run(values: OptionValues, terminal: Terminal): Promise<ExitCode> {
  const opened = await openProject(values, terminal);
  if (opened.status === 'stopped') return opened.exit;
  const account = await openAccount(opened.project.target, terminal, values.json === true);
  if (account.status === 'stopped') return account.exit;
  try {
    return await deployTo(account.connection, opened.project, values, terminal);
  } finally {
    account.connection.close();
  }
}

async function deployTo(
  connection: Connection,
  project: OpenProject,
  values: OptionValues,
  terminal: Terminal,
): Promise<ExitCode> {
  const { blueprint, target, compilation } = project;
  const json = values.json === true;
  const { systemClock: clock } = await import('../../aws/clock.ts');
  const { renderPreview } = await import('../../preview/text.ts');
  const store = connection.bucket(artifactBucket(connection.identity.account, target.region));
  const seen = await lookAround(connection, store, clock, blueprint.project.slug, target.environment);
  if (seen.status === 'refused') {
    tellObstacle(seen.problem, terminal, json);
    return exitCode.failed;
  }

  const preview = project.preview(await baselineInAccount(connection, store, clock, seen), seen.settings);
  const where = targetWords(target, connection.identity.account, connection.endpoint);
  if (!json) terminal.err(`${renderPreview(preview).trimEnd()}\n`);
  if (project.tellRefused(preview)) {
    if (json) terminal.out(JSON.stringify({ preview, blocked: true }, null, 2));
    else terminal.err('Nothing was deployed: AWS would refuse these changes.');
    return exitCode.blocked;
  }
  const dangerous = changesToAcknowledge(preview);
  if (dangerous.length > 0 && values.acknowledge !== true)
    return refuseUnacknowledged(preview, dangerous, terminal, json);

  // The local AWS holds nothing that anybody would miss.
  const mustAsk = target.kind === 'aws' && values.yes !== true;
  if (mustAsk && (terminal.ask === undefined || json)) {
    terminal.err('Nobody can be asked here. Add --yes to deploy.');
    return exitCode.usage;
  }
  if (mustAsk && !(await agreed(where, terminal))) {
    terminal.err('Nothing was deployed.');
    return exitCode.failed;
  }

  if (!json) terminal.err(`Deploying to ${where}...\n`);
  const view = progressView(json ? { ...terminal, live: false, err: () => {}, draw: () => {} } : terminal);
  const outcome = await deploy(
    {
      project: blueprint.project.slug,
      blueprint: project.text,
      stacks: compilation.stacks,
      host: hostname(),
      // After a question minutes may have passed.
      ...(mustAsk ? {} : { seen }),
    },
    {
      connection,
      clock,
      artifacts: project.artifacts,
      ...(project.frontend === undefined ? {} : { frontend: project.frontend }),
    },
    view.event,
    terminal.interrupted,
  );
  view.end();
  if (outcome.status === 'finished') await project.keepBaseline(outcome.baseline);
  if (json) terminal.out(JSON.stringify({ preview, ...outcome }, null, 2));
  else tell(outcome, view.progress(), terminal);
  return outcome.status === 'finished' && outcome.result === 'succeeded' ? exitCode.done : exitCode.failed;
}

function refuseUnacknowledged(
  preview: Preview,
  dangerous: ReturnType<typeof changesToAcknowledge>,
  terminal: Terminal,
  json: boolean,
): ExitCode {
  if (json) terminal.out(JSON.stringify({ preview, needsAcknowledgement: dangerous }, null, 2));
  else {
    terminal.err('These changes delete or replace data. Add --acknowledge if you want that:');
    for (const { stack, change } of dangerous) {
      terminal.err(`  ${change.action} ${change.type} (${change.label}) in ${stack}`);
    }
  }
  return exitCode.needsAcknowledgement;
}

async function agreed(where: string, terminal: Terminal): Promise<boolean> {
  try {
    const answer = await terminal.ask?.(`Deploy to ${where}? (y/N) `);
    return /^y(es)?$/i.test(answer?.trim() ?? '');
  } catch (error) {
    if (terminal.interrupted.aborted) return false;
    throw error;
  }
}

function tell(outcome: DeployOutcome, progress: DeploymentProgress, terminal: Terminal): void {
  if (outcome.status === 'refused') {
    terminal.err(obstacleLines(outcome.problem));
    return;
  }
  if (terminal.live) {
    for (const stack of progress.stacks) if (stack.reason !== undefined) terminal.err(stackLine(stack));
  }
  const { entry, result, unrecorded, apiUrl, frontendUrl } = outcome;
  const words = {
    succeeded: 'succeeded',
    partial: 'is partial: some stacks are as wanted, others are not. Deploy again to complete it',
    failed: 'failed',
    cancelled: 'was cancelled. Deploy again to complete it',
  };
  terminal.out(`Deployment ${entry.number} ${words[result]}.`);
  if (apiUrl !== undefined) terminal.out(`API: ${apiUrl}`);
  if (frontendUrl !== undefined) terminal.out(`Frontend: ${frontendUrl}`);
  if (unrecorded !== undefined) terminal.err(obstacleLines(unrecorded));
}
