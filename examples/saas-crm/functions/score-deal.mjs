// POST /v1/deals/{id}/score: how likely a deal is to be won, from 0 to 100.

const chances = { lead: 10, qualified: 35, offer: 60, won: 100, lost: 0 };

/**
 * The deal is one of the caller's own organization, and the body keeps the contract in backdrift.yaml: Backdrift has
 * checked both before it calls this function. What is returned is sent as JSON, once it keeps the contract as well.
 * @param {{ backdrift: { row: { id: string }, body: { stage: string, amount: number, days_open?: number } } }} event
 */
export async function handler({ backdrift: { row, body } }) {
  const open = body.stage !== 'won' && body.stage !== 'lost';
  const waiting = open ? Math.min(20, Math.floor((body.days_open ?? 0) / 10)) : 0;
  return { deal_id: row.id, score: Math.max(0, chances[body.stage] - waiting) };
}
