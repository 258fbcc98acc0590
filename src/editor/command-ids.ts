/** Every command of the extension, by the name that code uses for it. The manifest lists the same ids. */
export const commandIds = {
  preview: 'backdrift.preview',
  deploy: 'backdrift.deploy',
  refresh: 'backdrift.refresh',
  openBlueprint: 'backdrift.openBlueprint',
  createBlueprint: 'backdrift.createBlueprint',
  selectEnvironment: 'backdrift.selectEnvironment',
  selectCredentialsProfile: 'backdrift.selectCredentialsProfile',
  startLocalAws: 'backdrift.startLocalAws',
  stopLocalAws: 'backdrift.stopLocalAws',
  showOutput: 'backdrift.showOutput',
  viewFrontend: 'backdrift.viewFrontend',
  testHealth: 'backdrift.testHealth',
  viewLogs: 'backdrift.viewLogs',
  runJob: 'backdrift.runJob',
  copyPhysicalId: 'backdrift.copyPhysicalId',
  revealInBlueprint: 'backdrift.revealInBlueprint',
  explainProblem: 'backdrift.explainProblem',
} as const;

export type CommandName = keyof typeof commandIds;

/** Settings, all of machine scope: a workspace file can never set them. */
export const settingIds = {
  profile: 'backdrift.profile',
  port: 'backdrift.localAws.port',
  scale: 'backdrift.localAws.scale',
  endpoint: 'backdrift.localAws.endpoint',
} as const;

/** What menus and welcomes of the manifest ask for. */
export const contextKeys = {
  state: 'backdrift.state',
  hasBlueprint: 'backdrift.hasBlueprint',
  environmentKind: 'backdrift.environmentKind',
  deploying: 'backdrift.deploying',
  localAwsRunning: 'backdrift.localAwsRunning',
  hasFrontend: 'backdrift.hasFrontend',
  hasApi: 'backdrift.hasApi',
  hasFunctions: 'backdrift.hasFunctions',
  hasJobs: 'backdrift.hasJobs',
} as const;
