import * as vscode from 'vscode';
import { isBlueprintName } from './blueprint-files.ts';
import type { BlueprintReader } from './blueprint-reader.ts';
import type { CommandHandlers } from './commands.ts';
import { createBlueprint } from './create-blueprint.ts';
import type { Deployments } from './deployments.ts';
import { targetOf } from './environments.ts';
import { testHealth } from './health.ts';
import type { InfrastructureNode } from './infrastructure-model.ts';
import { InfrastructureElement, type InfrastructureView, infrastructureViewId } from './infrastructure-view.ts';
import type { LiveReader } from './live-reader.ts';
import type { LocalAws } from './local-aws.ts';
import type { Log } from './log.ts';
import type { LogDocuments } from './log-document.ts';
import { refusedWithoutTrust, showObstacle } from './messages.ts';
import { showInformation } from './notify.ts';
import { pickEnvironment, pickProfile, pickProject } from './pickers.ts';
import type { Projects } from './projects.ts';
import { revealInBlueprint } from './reveal.ts';
import { runJobNow } from './run-job.ts';
import type { Addresses, LoadSession } from './session.ts';
import { settings } from './settings.ts';
import { showBlueprint } from './show-blueprint.ts';
import { type EnvironmentChoice, type ProjectState, selectedEnvironment } from './state.ts';
import type { StateStore } from './state-store.ts';
import { t } from './text.ts';

/** How many log lines *View Logs* shows at most. */
const logLimit = 200;

export interface HandlerParts {
  store: StateStore;
  reader: BlueprintReader;
  projects: Projects;
  live: LiveReader;
  localAws: LocalAws;
  view: InfrastructureView;
  logs: LogDocuments;
  log: Log;
  loadSession: LoadSession;
  deployments(): Promise<Deployments>;
  showPreview(uri: vscode.Uri, preserveFocus: boolean): Promise<void>;
  /** docs/problems.md, which explains every code. */
  manual: vscode.Uri;
}

/** What each command does. An argument is a tree line, a file, or nothing; anything else counts as nothing. */
export function commandHandlers(parts: HandlerParts): CommandHandlers {
  const { store, reader, projects, live, localAws, view, logs, log, loadSession } = parts;

  const nodeOf = (argument: unknown): InfrastructureNode | undefined =>
    argument instanceof InfrastructureElement ? view.nodeOf(argument) : undefined;

  const projectFor = async (argument: unknown): Promise<ProjectState | undefined> => {
    const id = argument instanceof vscode.Uri ? argument.toString() : nodeOf(argument)?.subject.project;
    const named = id === undefined ? undefined : store.project(id);
    if (named) return named;
    const project = await pickProject(store.state.projects, store.state.current);
    if (!project) await sayNoBlueprint(argument);
    return project;
  };

  /** The project, its environment and where its live stacks answer. */
  const liveFor = async (argument: unknown): Promise<LiveSubject | undefined> => {
    const project = await projectFor(argument);
    const environment = project && selectedEnvironment(project);
    if (!environment) return undefined;
    const state = project.live.kind === 'read' ? project.live : await live.read(project.id);
    if (state.kind === 'obstacle') {
      await showObstacle(state.obstacle);
      return undefined;
    }
    const session = await loadSession();
    const stacks = state.kind === 'read' ? state.stacks : [];
    return { project, environment, addresses: session.addresses(targetOf(environment, settings.endpoint()), stacks) };
  };

  return {
    preview: async (argument) => {
      const project = await projectFor(argument);
      if (project) await parts.showPreview(vscode.Uri.parse(project.id), false);
    },

    deploy: async (argument) => {
      if (await refusedWithoutTrust(t('Deploying'))) return;
      const project = await projectFor(argument);
      if (project) await (await parts.deployments()).deploy(vscode.Uri.parse(project.id));
    },

    refresh: async () => {
      if (await refusedWithoutTrust(t('Reading what is live'))) return;
      await vscode.window.withProgress({ location: { viewId: infrastructureViewId } }, async () => {
        for (const project of store.state.projects) {
          await reader.read(vscode.Uri.parse(project.id));
          await live.read(project.id);
        }
      });
    },

    openBlueprint: async (argument) => {
      const project = await projectFor(argument);
      if (project) await showBlueprint(vscode.Uri.parse(project.id));
    },

    createBlueprint,

    selectEnvironment: async (argument) => {
      const project = await projectFor(argument);
      if (!project) return;
      const environment = await pickEnvironment(project, store.state.localAws);
      if (environment !== undefined && environment !== project.selected) {
        await projects.selectEnvironment(project.id, environment);
      }
    },

    selectCredentialsProfile: async (argument) => {
      if (await refusedWithoutTrust(t('Reading your AWS profiles'))) return;
      const project = await projectFor(argument);
      if (!project) return;
      const environment = selectedEnvironment(project);
      if (!environment) return;
      if (environment.kind === 'local') {
        await showInformation(t('The environment local needs no credentials.'));
        return;
      }
      const session = await loadSession();
      const chosen = await pickProfile(environment, await session.profiles());
      if (chosen) await projects.selectProfile(project.id, environment.name, chosen.profile);
    },

    startLocalAws: async () => {
      if (await refusedWithoutTrust(t('Starting the local AWS'))) return;
      const obstacle = await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: t('Starting the local AWS'), cancellable: true },
        (_, token) => {
          const stop = new AbortController();
          token.onCancellationRequested(() => stop.abort());
          return localAws.start(stop.signal);
        },
      );
      if (obstacle && obstacle.code !== 'cancelled') await showObstacle(obstacle);
      if (obstacle) return;
      for (const project of store.state.projects) if (project.selected === 'local') live.invalidate(project.id);
    },

    stopLocalAws: async () => {
      const stopped = await localAws.stop();
      if (!stopped) {
        await showInformation(t('This window started no local AWS. One that was started elsewhere is stopped there.'));
      }
      await localAws.look();
      for (const project of store.state.projects) if (project.selected === 'local') live.invalidate(project.id);
    },

    showOutput: async () => log.show(),

    viewFrontend: async (argument) => {
      if (await refusedWithoutTrust(t('Reading what is live'))) return;
      const subject = await liveFor(argument);
      if (!subject) return;
      const { frontend } = subject.addresses;
      if (frontend === undefined) return sayMissing(t('frontend'), subject.environment);
      await vscode.env.openExternal(vscode.Uri.parse(frontend, true));
    },

    testHealth: async (argument) => {
      if (await refusedWithoutTrust(t('Reading what is live'))) return;
      const subject = await liveFor(argument);
      if (!subject) return;
      const { api } = subject.addresses;
      if (api === undefined) return sayMissing(t('API'), subject.environment);
      await testHealth(api, subject.environment.name, log);
    },

    viewLogs: async (argument) => {
      if (await refusedWithoutTrust(t('Reading logs'))) return;
      const project = await projectFor(argument);
      const environment = project && selectedEnvironment(project);
      if (!environment) return;
      const functionName = nodeOf(argument)?.subject.physicalId ?? (await pickFunction(project));
      if (functionName === undefined) return;
      const session = await loadSession();
      const target = targetOf(environment, settings.endpoint());
      const outcome = await vscode.window.withProgress({ location: { viewId: infrastructureViewId } }, () =>
        session.recentLogs({ target, functionName, limit: logLimit }),
      );
      if (outcome.kind === 'obstacle') await showObstacle(outcome.obstacle);
      else await logs.show(functionName, environment.name, outcome.lines);
    },

    runJob: async (argument) => {
      if (await refusedWithoutTrust(t('Running a job'))) return;
      const project = await projectFor(argument);
      const environment = project && selectedEnvironment(project);
      if (!environment) return;
      const reading = await reader.read(vscode.Uri.parse(project.id));
      if (!reading?.sound) {
        await showInformation(t('The Blueprint has errors. Correct them, then run the job.'));
        return;
      }
      const job = /^jobs\.(.+)$/.exec(nodeOf(argument)?.subject.source ?? '')?.[1];
      await runJobNow(reading.sound, environment, job, loadSession);
    },

    copyPhysicalId: async (argument) => {
      const id = (nodeOf(argument) ?? view.selected)?.subject.physicalId;
      if (id !== undefined) await vscode.env.clipboard.writeText(id);
    },

    revealInBlueprint: async (argument) => {
      const subject = (nodeOf(argument) ?? view.selected)?.subject;
      if (subject?.source) await revealInBlueprint(vscode.Uri.parse(subject.project), subject.source, reader);
    },

    explainProblem: async (argument) => {
      const code = typeof argument === 'string' && /^[a-z0-9-]+$/.test(argument) ? argument : '';
      await vscode.commands.executeCommand('markdown.showPreviewToSide', parts.manual.with({ fragment: code }));
    },
  };
}

interface LiveSubject {
  project: ProjectState;
  environment: EnvironmentChoice;
  addresses: Addresses;
}

async function sayNoBlueprint(argument: unknown): Promise<void> {
  if (argument instanceof vscode.Uri && isBlueprintName(argument.path)) {
    await showInformation(t('Open the folder of this Blueprint as a workspace to preview and deploy it.'));
    return;
  }
  const create = t('Create a Blueprint');
  const chosen = await showInformation(t('This workspace holds no Blueprint.'), create);
  if (chosen === create) await createBlueprint();
}

async function sayMissing(what: string, environment: EnvironmentChoice): Promise<void> {
  await showInformation(t('No {0} is deployed to {1} yet.', what, environment.name));
}

/** Which of a project's deployed functions is meant. */
async function pickFunction(project: ProjectState): Promise<string | undefined> {
  const functions =
    project.live.kind === 'read' ? project.live.stacks.flatMap((stack) => functionItems(project, stack)) : [];
  functions.sort((a, b) => (a.label < b.label ? -1 : 1));
  if (functions.length === 0) {
    await showInformation(t('No function is deployed to {0} yet.', project.selected));
    return undefined;
  }
  const chosen = await vscode.window.showQuickPick(functions, {
    title: t('Logs of which function?'),
    matchOnDescription: true,
  });
  return chosen?.description;
}

function functionItems(
  project: ProjectState,
  stack: { layer: string; resources: { logicalId: string; type: string; physicalId?: string }[] },
) {
  return stack.resources.flatMap((resource) =>
    resource.type === 'AWS::Lambda::Function' && resource.physicalId !== undefined
      ? [
          {
            label: project.resources[`${stack.layer}/${resource.logicalId}`]?.label ?? resource.logicalId,
            description: resource.physicalId,
          },
        ]
      : [],
  );
}
