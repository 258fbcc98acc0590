import assert from 'node:assert/strict';
import { localAwsEnvironment } from '../../../src/editor/child-environment.ts';

describe('the environment of the local AWS', () => {
  it('has nothing of the user’s own AWS, nor of the editor', () => {
    const environment = localAwsEnvironment(
      {
        PATH: '/bin',
        HOME: '/home/a',
        HTTPS_PROXY: 'http://proxy',
        AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
        AWS_SECRET_ACCESS_KEY: 's',
        AWS_SESSION_TOKEN: 's',
        AWS_PROFILE: 'work',
        AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/',
        AWS_WEB_IDENTITY_TOKEN_FILE: '/token',
        Aws_Bearer_Token_Bedrock: 's',
        VSCODE_IPC_HOOK: '/run/x',
        NODE_OPTIONS: '--require /somewhere.js',
      },
      false,
    );
    assert.deepEqual(environment, { PATH: '/bin', HOME: '/home/a', HTTPS_PROXY: 'http://proxy' });
  });

  it('tells Electron to be Node', () => {
    assert.deepEqual(localAwsEnvironment({}, true), { ELECTRON_RUN_AS_NODE: '1' });
  });
});
