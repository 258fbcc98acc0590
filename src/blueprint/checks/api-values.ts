import type { Finding } from '../finding.ts';
import type { BlueprintPath } from '../problem.ts';
import type { Check } from './check.ts';

/** Origins of CORS, as a browser sends them: `https://app.example.com`, without a path. */
export const checkCors: Check = ({ draft }) =>
  (draft.api?.settings?.cors?.origins ?? []).flatMap((origin, index): Finding[] => {
    if (origin === '*' || /^https?:\/\/(\*\.)?[a-z0-9.-]+(:[0-9]{1,5})?$/.test(origin)) return [];
    const better = /^(https?:\/\/[a-z0-9.-]+(?::[0-9]{1,5})?)\//i.exec(origin)?.[1]?.toLowerCase();
    return [
      {
        code: 'bad-format',
        message: `\`${origin}\` is not an origin.`,
        hint: `Write ${better === undefined ? 'scheme and host, such as `https://app.example.com`' : `\`${better}\``}.`,
        path: ['api', 'cors', 'origins', index],
        ...(better !== undefined && { replacement: { text: better } }),
      },
    ];
  });

/** Lists in which a value makes sense once. */
export const checkRepeatedValues: Check = ({ draft }) => [
  ...(draft.api?.resources ?? []).flatMap(({ path, value }) => repeated(value.operations, [...path, 'operations'])),
  ...repeated(draft.monitoring?.email ?? [], ['monitoring', 'email']),
];

function repeated(values: readonly string[], path: BlueprintPath): Finding[] {
  return values.flatMap((value, index): Finding[] =>
    values.indexOf(value) === index
      ? []
      : [
          {
            code: 'repeated-value',
            message: `\`${value}\` is written twice.`,
            hint: 'Remove one of the two.',
            path: [...path, index],
          },
        ],
  );
}
