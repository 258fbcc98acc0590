import type { Row } from '../row.ts';
import type { World } from '../world.ts';
import type { Team } from './team.ts';

/** Members and invitations with an address, in every tenant; the newest hundred at most. Callers choose whose. */
export async function rowsWithAddress(team: Team, address: string, world: World): Promise<Row[]> {
  const page = await world.documents.query({
    TableName: world.table(team.keys.entity),
    IndexName: team.emailIndex,
    KeyConditionExpression: '#email = :email',
    ExpressionAttributeNames: { '#email': 'email' },
    ExpressionAttributeValues: { ':email': address },
    ScanIndexForward: false,
    Limit: 100,
  });
  return page.Items ?? [];
}
