/** How many fields an entity of the generated Blueprints has. */
const fieldsEach = 20;

const types = ['string', 'integer', 'boolean', 'datetime', 'number'];

/** A Blueprint with this many entities of 20 fields each. `added` names one more field of the first. */
export function wideBlueprint(entities: number, added?: string): string {
  const lines = ['project: { name: Wide }', 'auth: { strategy: cognito }', 'entities:'];
  for (let entity = 0; entity < entities; entity += 1) {
    lines.push(`  - name: ${entityName(entity)}`, '    fields:');
    lines.push('      - { name: id, type: string, primary: true }');
    for (let field = 1; field < fieldsEach; field += 1) {
      lines.push(`      - { name: field_${field}, type: ${types[field % types.length]} }`);
    }
    if (added && entity === 0) lines.push(`      - { name: ${added}, type: string }`);
  }
  lines.push('api:', '  resources:');
  for (let entity = 0; entity < entities; entity += 1) {
    const name = entityName(entity);
    lines.push(
      `    - { entity: ${name}, base_path: /v1/${name}s, operations: [list, create, get], auth: authenticated }`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** The app that the other tools deploy too: 5 tables, 15 functions behind 15 routes, 1 user pool. */
export function peerBlueprint(): string {
  const lines = ['project: { name: Bench }', 'region: us-east-1', 'auth: { strategy: cognito }', 'entities:'];
  for (let entity = 0; entity < 5; entity += 1) {
    lines.push(`  - { name: ${entityName(entity)}, fields: [ { name: id, type: string, primary: true } ] }`);
  }
  lines.push('api:', '  resources:');
  for (let entity = 0; entity < 5; entity += 1) {
    const name = entityName(entity);
    lines.push(
      `    - { entity: ${name}, base_path: /v1/${name}s, operations: [list, create, get], auth: authenticated }`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function entityName(index: number): string {
  return `thing_${index}`;
}
