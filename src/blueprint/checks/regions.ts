import { durationSeconds } from '../duration.ts';
import type { Finding } from '../finding.ts';
import { defaultRegion, durableRegions } from '../schema.ts';
import { oneOf } from '../suggest.ts';
import type { Check } from './check.ts';

/** Workflows rest on Lambda durable functions, which not every region has. */
export const checkRegions: Check = ({ draft, outline }) => {
  if (outline.workflows.length === 0) return [];
  const findings: Finding[] = [];
  const main = draft.region ?? defaultRegion;
  const environments = Object.entries(draft.environments);
  const regions = environments.map(([name, { region }]) => ({
    name,
    region: region ?? main,
    own: region !== undefined,
  }));
  const without = regions.filter(({ region }) => !durableRegions.includes(region));
  for (const { name, region, own } of without.filter(
    ({ own }, index) => own || index === without.findIndex((one) => !one.own),
  )) {
    findings.push({
      code: 'region-without-durable-functions',
      message: `${own ? `The environment \`${name}\` is in` : 'The region is'} ${region}, which has no durable functions; \`workflows\` needs them.`,
      hint: `Use ${oneOf(durableRegions)}, or remove the workflows.`,
      path: own ? ['environments', name, 'region'] : ['region'],
      ...(durableRegions[0] !== undefined && { replacement: { text: durableRegions[0] } }),
    });
  }
  return findings;
};

/** A durable execution lasts a year at most. */
export const checkWorkflows: Check = ({ draft }) =>
  draft.workflows.flatMap(({ path, value }): Finding[] =>
    durationSeconds(value.timeout) <= durationSeconds('365d')
      ? []
      : [
          {
            code: 'out-of-range',
            message: `A workflow cannot last ${value.timeout}.`,
            hint: 'Write `365d` or less.',
            path: [...path, 'timeout'],
            replacement: { text: '365d' },
          },
        ],
  );
