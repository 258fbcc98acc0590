// POST /v1/tasks/{id}/complete: the task is done, and nobody but its owner says so.
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';

const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));

/**
 * Backdrift has looked the task up and let only its owner in; both are in `event.backdrift`. What is returned is sent as JSON.
 * @param {{ backdrift: { caller: { sub: string, roles: string[] }, row: { id: string, status: string } } }} event
 */
export async function handler({ backdrift: { caller, row } }) {
  try {
    await documents.send(
      new UpdateCommand({
        TableName: process.env.TABLE_TASK,
        Key: { id: row.id },
        // A new revision with every write: it is the ETag that the API compares with If-Match.
        UpdateExpression: 'SET #status = :done, updated_at = :now, #revision = :revision',
        // Between that look and this write somebody may have deleted the task, or given it away.
        ConditionExpression: 'owner_id = :caller',
        ExpressionAttributeNames: { '#status': 'status', '#revision': '_revision' },
        ExpressionAttributeValues: {
          ':done': 'done',
          ':now': new Date().toISOString(),
          ':revision': randomUUID(),
          ':caller': caller.sub,
        },
      }),
    );
  } catch (error) {
    if (error.name !== 'ConditionalCheckFailedException') throw error;
    return { statusCode: 409, body: { title: 'Conflict', detail: 'The task was changed meanwhile.' } };
  }
  return { id: row.id, status: 'done', was: row.status };
}
