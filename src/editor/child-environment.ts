/**
 * The environment of the local AWS as a child of the editor: without what the editor sets for its own processes, and
 * without the user's own AWS. The local AWS needs no account, and runs the functions of the workspace, which could read
 * from the system what it was started with.
 */
export function localAwsEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  electron: boolean,
): Record<string, string | undefined> {
  const kept = Object.entries(environment).filter(
    ([name]) => !/^(?:AWS_|AMAZON_|BOTO_|VSCODE_|NODE_OPTIONS$)/i.test(name),
  );
  // On the desktop the extension host runs in Electron, which has to be told to behave as Node.
  return { ...Object.fromEntries(kept), ...(electron ? { ELECTRON_RUN_AS_NODE: '1' } : {}) };
}
