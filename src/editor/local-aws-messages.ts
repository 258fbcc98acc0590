/** What `GET /_local/health` of a local AWS says, as far as the editor needs it. */
export interface LocalAwsHealth {
  product: 'backdrift-local-aws';
}

/** Tells our local AWS from whatever else may answer on the port. */
export function isLocalAwsHealth(answer: unknown): answer is LocalAwsHealth {
  return (
    typeof answer === 'object' && answer !== null && 'product' in answer && answer.product === 'backdrift-local-aws'
  );
}

/** Why a local AWS did not start, in one sentence, and what to do. */
export function startFailure(output: string, port: number): { message: string; hint: string } {
  if (/EADDRINUSE|Port \d+ is taken/.test(output)) {
    return {
      message: `Port ${port} is in use by another program, so the local AWS could not start.`,
      hint: 'Stop that program, or set backdrift.localAws.port to a free port.',
    };
  }
  if (/EACCES/.test(output)) {
    return {
      message: `This user may not listen on port ${port}, so the local AWS could not start.`,
      hint: 'Set backdrift.localAws.port to a port above 1024.',
    };
  }
  if (/moto/i.test(output) && /not found|ENOENT|missing|install/i.test(output)) {
    return {
      message: 'The local AWS found no moto_server to stand on.',
      hint: 'Install it with: pip install "moto[server]"',
    };
  }
  const last = output.trim().split('\n').at(-1)?.trim();
  return {
    message: last ? `The local AWS did not start: ${last}` : 'The local AWS did not start.',
    hint: 'The output has the details.',
  };
}
