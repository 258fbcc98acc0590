/**
 * The stage has the same name in every environment (each environment has an API of its own), so that addresses differ
 * in their host only: `https://<id>.execute-api.<region>.amazonaws.com/api/v1/tasks`.
 */
export const stageName = 'api';
