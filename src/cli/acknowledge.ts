import type { Preview, ResourceChange } from '../preview/preview.ts';

/** What holds the user's data. Logs are not among them: they go with their function. */
const holdData = new Set(['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::Cognito::UserPool']);

/**
 * Changes that nobody makes by accident: a table, bucket or user pool that is replaced, or deleted and not kept. They
 * need to be acknowledged, all at once for now.
 */
export function changesToAcknowledge(preview: Preview): { stack: string; change: ResourceChange }[] {
  return preview.stacks.flatMap((stack) =>
    stack.resources
      .filter(({ action, type, retained }) => {
        if (!holdData.has(type)) return false;
        return action === 'replace' || (action === 'delete' && retained !== true);
      })
      .map((change) => ({ stack: stack.name, change })),
  );
}
