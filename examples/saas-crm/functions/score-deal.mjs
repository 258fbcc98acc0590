// POST /v1/deals/{id}/score: how likely a deal is to be won, from 0 to 100.

const chances = { lead: 10, qualified: 35, offer: 60, won: 100, lost: 0 };

/** @param {{ body?: string | null, pathParameters?: { id?: string } | null }} event an API Gateway proxy event */
export async function handler(event) {
  const deal = JSON.parse(event.body ?? '{}');
  const chance = chances[deal.stage];
  if (chance === undefined) return answer(400, { message: 'stage is lead, qualified, offer, won or lost.' });
  const open = deal.stage !== 'won' && deal.stage !== 'lost';
  const waiting = open ? Math.min(20, Math.floor((deal.days_open ?? 0) / 10)) : 0;
  return answer(200, { deal_id: event.pathParameters?.id, score: Math.max(0, chance - waiting) });
}

function answer(statusCode, body) {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
