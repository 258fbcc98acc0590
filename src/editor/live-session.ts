import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Blueprint } from '../blueprint/blueprint.ts';
import { type BlueprintReader, createBlueprintReader } from '../blueprint/reader.ts';
import { noProgress, reduceProgress } from '../deployment/progress.ts';
import { buildPreview } from '../preview/build-preview.ts';
import { resourceLine } from '../preview/lines.ts';
import { compile } from '../stacks/compile.ts';
import type { Compilation } from '../stacks/stack.ts';
import type { Log } from './log.ts';
import type { BlueprintPlace, Session } from './session.ts';

export async function createSession(parts: { extension: string; storage: string; log: Log }): Promise<Session> {
  const readers = new Map<string, BlueprintReader>();
  const compileFor = (blueprint: Blueprint, environment: string, _place: BlueprintPlace): Compilation => {
    const runtime = readFileSync(join(parts.extension, 'dist/runtime/index.mjs'));
    return compile(blueprint, {
      environment,
      code: { runtime: createHash('sha256').update(runtime).digest('hex'), functions: {} },
    });
  };
  return {
    parse(text, place) {
      let reader = readers.get(place.file);
      if (!reader) {
        reader = createBlueprintReader();
        readers.set(place.file, reader);
      }
      return reader.read(text);
    },
    async preview({ place, blueprint, target, problems }) {
      const compilation = compileFor(blueprint, target.environment, place);
      const preview = buildPreview({
        blueprint,
        environment: target.environment,
        region: target.region,
        compilation,
        problems,
      });
      return { preview, labels: () => labelsOf(compilation) };
    },
    lineOf: resourceLine,
    async identify() {
      return { kind: 'identified', identity: { account: '123456789012', arn: 'x' } };
    },
    async readLive() {
      return { kind: 'read', identity: { account: '123456789012', arn: 'x' }, stacks: [] };
    },
    async deploy() {
      return { kind: 'obstacle', obstacle: { code: 'x', message: 'not yet' } };
    },
    noProgress,
    reduceProgress,
    addresses: () => ({}),
    async profiles() {
      return [];
    },
    async recentLogs() {
      return { kind: 'read', lines: [] };
    },
  };
}

function labelsOf(compilation: Compilation): Record<string, { label: string; source?: string }> {
  const labels: Record<string, { label: string; source?: string }> = {};
  for (const { layer, template } of compilation.stacks) {
    for (const [logicalId, resource] of Object.entries(template.Resources)) {
      const known = resource.Metadata?.Backdrift;
      if (known) labels[`${layer}/${logicalId}`] = known;
    }
  }
  return labels;
}
