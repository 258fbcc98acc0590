/** Services that the engine calls, as the SDK spells them in `AWS_ENDPOINT_URL_<SERVICE>`. */
const services = ['CLOUDFORMATION', 'S3', 'AMPLIFY', 'API_GATEWAY', 'CLOUDWATCH_LOGS'];

/**
 * Where a service's own variable sends its calls, when the identity was asked of AWS itself: templates and code would go
 * there unseen. https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function serviceEndpoint(variables: Readonly<Record<string, string | undefined>>): string | undefined {
  if (variables.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase() === 'true') return undefined;
  for (const service of services) {
    const endpoint = variables[`AWS_ENDPOINT_URL_${service}`];
    if (endpoint) return endpoint;
  }
  return undefined;
}
