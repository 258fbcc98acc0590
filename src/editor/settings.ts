import * as vscode from 'vscode';
import { localPort } from '../deployment/target.ts';
import { settingIds } from './command-ids.ts';

/** The user's settings, looked at anew on every use. All have machine scope: a workspace cannot set them. */
export const settings = {
  /** Undefined: the default chain of the AWS SDK. */
  profile(): string | undefined {
    const profile = read(settingIds.profile);
    return typeof profile === 'string' && profile !== '' ? profile : undefined;
  },

  port(): number {
    const port = read(settingIds.port);
    return typeof port === 'number' && Number.isInteger(port) && port >= 1024 && port <= 65535 ? port : localPort;
  },

  /** How long the local AWS takes, compared with the real service: 1 as long, 0 no time. */
  scale(): number {
    const scale = read(settingIds.scale);
    return typeof scale === 'number' && scale >= 0 && scale <= 10 ? scale : 0.1;
  },

  /** Where the local AWS answers. */
  endpoint(): string {
    const endpoint = read(settingIds.endpoint);
    if (typeof endpoint === 'string' && URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol)) {
      return endpoint.replace(/\/+$/, '');
    }
    return `http://127.0.0.1:${settings.port()}`;
  },
};

/** The value of the user or the machine, never one from a workspace or a folder. */
function read(id: string): unknown {
  const found = vscode.workspace.getConfiguration().inspect<unknown>(id);
  return found?.globalValue ?? found?.defaultValue;
}
