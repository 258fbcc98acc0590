import { parseArgs } from 'node:util';
import { type LocalAws, startLocalAws } from './local-aws.ts';

// The SDK tells users of Node 20, the oldest that this runs on, at its first client that they will have to upgrade.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const usage = `Usage: local-aws [--port 4577] [--scale 1] [--moto auto|none|URL] [--exit-with-parent]

  --port              on 127.0.0.1; 0 takes a free one
  --scale             seconds of real time a second of service time: 1 lifelike, 0 instant
  --moto              a moto server that runs already; none does without; auto starts one
  --exit-with-parent  end when standard input closes`;

/** A sentence for the user, and the way out. */
function refuse(message: string, code: number): never {
  console.error(message);
  process.exit(code);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '4577' },
        scale: { type: 'string', default: '1' },
        moto: { type: 'string', default: 'auto' },
        'exit-with-parent': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    return refuse(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`, 2);
  }
}

const options = readOptions();
if (options.help) {
  console.log(usage);
  process.exit(0);
}
const port = Number(options.port);
const scale = Number(options.scale);
if (!Number.isInteger(port) || port < 0 || port > 65_535)
  refuse(`--port must be a number from 0 to 65535.\n\n${usage}`, 2);
if (!(scale >= 0 && scale <= 100)) refuse(`--scale must be a number from 0 to 100.\n\n${usage}`, 2);

let running: Promise<LocalAws> | undefined;
let ending = false;
const end = async () => {
  if (ending) return;
  ending = true;
  // Also when it is asked to end while it still starts: moto is there then, and has to go.
  const local = await running?.catch(() => undefined);
  await local?.stop();
  process.exit(0);
};
const endOrSay = () => {
  end().catch((error: unknown) => refuse(`Local AWS did not end cleanly: ${String(error)}`, 1));
};
process.on('SIGINT', endOrSay);
process.on('SIGTERM', endOrSay);
process.on('SIGHUP', endOrSay);
if (options['exit-with-parent']) {
  process.stdin.on('close', endOrSay);
  process.stdin.on('end', endOrSay);
  process.stdin.resume();
}

running = startLocalAws({ port, scale, moto: options.moto, log: (line) => console.error(line) });
try {
  const local = await running;
  console.log(`Local AWS ready at ${local.url} (moto ${local.motoVersion ?? 'none'}, scale ${scale})`);
  await local.warmUp();
} catch (error) {
  refuse(error instanceof Error ? error.message : String(error), 1);
}
