import assert from 'node:assert/strict';
import { serviceEndpoint } from '../../../src/aws/service-endpoints.ts';

describe('an address for one service', () => {
  for (const name of ['S3', 'CLOUDFORMATION', 'AMPLIFY', 'API_GATEWAY', 'CLOUDWATCH_LOGS']) {
    it(`is told, when it is that of ${name}`, () => {
      assert.equal(serviceEndpoint({ [`AWS_ENDPOINT_URL_${name}`]: 'https://evil.example' }), 'https://evil.example');
    });
  }

  it('is none where none is set, or where the SDK does not look', () => {
    assert.equal(serviceEndpoint({ AWS_ENDPOINT_URL_DYNAMODB: 'http://x', AWS_ENDPOINT_URL_S3: '' }), undefined);
    assert.equal(
      serviceEndpoint({ AWS_ENDPOINT_URL_S3: 'http://x', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }),
      undefined,
    );
  });
});
