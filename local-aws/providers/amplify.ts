import * as z from 'zod';
import type { Amplify } from '../amplify/amplify.ts';
import { defaultDomain } from '../amplify/amplify-api.ts';
import type { App } from '../amplify/hosting.ts';
import { flag, tagMap, tags, text } from './property.ts';
import type { ResourceProvider } from './provider.ts';

const variables = z.array(z.looseObject({ Name: text, Value: text }));

const AppProperties = z.looseObject({
  Name: text,
  Description: text.optional(),
  Platform: z.enum(['WEB', 'WEB_DYNAMIC', 'WEB_COMPUTE']).optional(),
  CustomRules: z.array(z.looseObject({ Source: text, Target: text, Status: text.optional() })).optional(),
  EnvironmentVariables: variables.optional(),
  BuildSpec: text.optional(),
  CustomHeaders: text.optional(),
  IAMServiceRole: text.optional(),
  Tags: tags.optional(),
});

function variableMap(list: z.infer<typeof variables> | undefined): Record<string, string> {
  return Object.fromEntries((list ?? []).map(({ Name, Value }) => [Name, Value]));
}

function defined(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** AWS::Amplify::App, deployed by hand: repository, tokens, basic auth and automatic branches are left out. */
export function amplifyApp(amplify: Amplify): ResourceProvider {
  function wantedApp(properties: unknown) {
    const wanted = AppProperties.parse(properties);
    return {
      name: wanted.Name,
      rules: (wanted.CustomRules ?? []).map(({ Source, Target, Status }) => ({
        source: Source,
        target: Target,
        status: Status,
      })),
      settings: defined({
        description: wanted.Description ?? '',
        platform: wanted.Platform ?? 'WEB',
        environmentVariables: variableMap(wanted.EnvironmentVariables),
        buildSpec: wanted.BuildSpec,
        customHeaders: wanted.CustomHeaders,
        iamServiceRoleArn: wanted.IAMServiceRole,
        tags: tagMap(wanted.Tags),
      }),
    };
  }
  const result = (app: App) => ({
    physicalId: app.arn,
    attributes: { AppId: app.id, AppName: app.name, Arn: app.arn, DefaultDomain: defaultDomain(app) },
  });
  return {
    create: async (request) => {
      const { name, rules, settings } = wantedApp(request.properties);
      return result(amplify.hosting.createApp(request.region, name, rules, settings));
    },
    update: async (request) => {
      const app = amplify.hosting.app(idOf(request.physicalId), request.region);
      const { name, rules, settings } = wantedApp(request.properties);
      return result(amplify.hosting.updateApp(app, { name, customRules: rules, settings }));
    },
    delete: async (request) => {
      amplify.hosting.deleteApp(amplify.hosting.app(idOf(request.physicalId), request.region));
    },
  };
}

/** The app's id in an app's or a branch's ARN. */
function idOf(arn: string): string {
  return /:apps\/([^/]+)/.exec(arn)?.[1] ?? arn;
}

const BranchProperties = z.looseObject({
  AppId: text,
  BranchName: text,
  Description: text.optional(),
  Stage: z.enum(['PRODUCTION', 'BETA', 'DEVELOPMENT', 'EXPERIMENTAL', 'PULL_REQUEST']).optional(),
  EnableAutoBuild: flag.optional(),
  EnvironmentVariables: variables.optional(),
  Framework: text.optional(),
  Tags: tags.optional(),
});

/** AWS::Amplify::Branch. */
export function amplifyBranch(amplify: Amplify): ResourceProvider {
  function settings(properties: unknown): Record<string, unknown> {
    const wanted = BranchProperties.parse(properties);
    return defined({
      description: wanted.Description ?? '',
      stage: wanted.Stage ?? 'NONE',
      enableAutoBuild: wanted.EnableAutoBuild ?? false,
      environmentVariables: variableMap(wanted.EnvironmentVariables),
      framework: wanted.Framework ?? '',
      tags: tagMap(wanted.Tags),
    });
  }
  const result = (arn: string, name: string) => ({ physicalId: arn, attributes: { Arn: arn, BranchName: name } });
  return {
    create: async (request) => {
      const { AppId, BranchName } = BranchProperties.parse(request.properties);
      const app = amplify.hosting.app(AppId, request.region);
      const branch = amplify.hosting.createBranch(app, BranchName, settings(request.properties));
      return result(branch.arn, branch.name);
    },
    update: async (request) => {
      const { AppId, BranchName } = BranchProperties.parse(request.properties);
      const branch = amplify.hosting.branch(amplify.hosting.app(AppId, request.region), BranchName);
      branch.settings = { ...branch.settings, ...settings(request.properties) };
      branch.updated = new Date();
      return result(branch.arn, branch.name);
    },
    delete: async (request) => {
      const { AppId, BranchName } = BranchProperties.parse(request.properties);
      const app = amplify.hosting.app(AppId, request.region);
      amplify.hosting.deleteBranch(app, amplify.hosting.branch(app, BranchName));
    },
  };
}
