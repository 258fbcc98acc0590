import { type BlueprintReader, createBlueprintReader } from '../blueprint/reader.ts';
import { apiUrl, frontendUrl, type LiveOutputs } from '../deployment/addresses.ts';
import { noProgress, reduceProgress } from '../deployment/progress.ts';
import { buildPreview } from '../preview/build-preview.ts';
import { resourceLine } from '../preview/lines.ts';
import type { Compilation } from '../stacks/stack.ts';
import { workspaceFacts } from '../workspace/facts.ts';
import { fingerprintOf } from './agreement.ts';
import { Compiler } from './compiled-project.ts';
import { KnownBaselines, withoutLost } from './known-baselines.ts';
import type { Log } from './log.ts';
import { onFirstUse } from './on-first-use.ts';
import type { PreviewAnswer, Session } from './session.ts';

export interface SessionParts {
  /** The folder of the extension. */
  installation: string;
  log: Pick<Log, 'debug' | 'info' | 'warn'>;
  /** Whether code of the workspace may run. */
  trusted(): boolean;
  /** Asks the user for the code of a multi-factor device. */
  mfaCode(serial: string): Promise<string>;
}

/** The session on the real parts. What talks to AWS is loaded when it is first needed. */
export function createSession(parts: SessionParts): Session {
  const readers = new Map<string, BlueprintReader>();
  const compiler = new Compiler(parts.installation, parts.trusted);
  const baselines = new KnownBaselines(parts.log);
  const account = onFirstUse(async () => {
    const { AccountSession } = await import('./account-session.ts');
    return new AccountSession({ compiler, baselines, log: parts.log, mfaCode: parts.mfaCode });
  });
  return {
    parse(text, { file, directory }) {
      let reader = readers.get(file);
      if (!reader) {
        reader = createBlueprintReader(workspaceFacts(directory));
        readers.set(file, reader);
      }
      return reader.read(text);
    },
    async preview({ place, blueprint, problems, target, live }): Promise<PreviewAnswer> {
      const { environment, region } = target;
      const [{ compilation }, known] = await Promise.all([
        compiler.compile(place.directory, blueprint, environment),
        baselines.get(place.directory, target),
      ]);
      const baseline = known && live ? withoutLost(known, live) : known;
      const preview = buildPreview({
        blueprint,
        environment,
        region,
        compilation,
        problems: [...problems],
        ...(baseline === undefined ? {} : { baseline }),
      });
      return { preview, fingerprint: () => fingerprintOf(compilation), labels: () => labelsOf(compilation) };
    },
    lineOf: resourceLine,
    identify: async (target) => (await account()).identify(target),
    readLive: async (request) => (await account()).readLive(request),
    deploy: async (request, report) => (await account()).deploy(request, report),
    noProgress,
    reduceProgress,
    addresses(target, stacks) {
      const outputs: LiveOutputs = new Map(stacks.map((stack) => [stack.layer, stack.outputs]));
      const api = apiUrl(target, outputs);
      const frontend = frontendUrl(target, outputs);
      return { ...(api === undefined ? {} : { api }), ...(frontend === undefined ? {} : { frontend }) };
    },
    async profiles() {
      const { profileNames } = await import('./credential-profiles.ts');
      return profileNames();
    },
    recentLogs: async (request) => (await account()).recentLogs(request),
    runJob: async (request) => (await account()).runJob(request),
  };
}

function labelsOf({ stacks }: Compilation): ReturnType<PreviewAnswer['labels']> {
  const labels: ReturnType<PreviewAnswer['labels']> = {};
  for (const { layer, template } of stacks) {
    for (const [logicalId, { Metadata: metadata }] of Object.entries(template.Resources)) {
      if (metadata) labels[`${layer}/${logicalId}`] = metadata.Backdrift;
    }
  }
  return labels;
}
