import type { Finding } from '../finding.ts';
import { largestUpload, maxBytes } from '../storage.ts';
import type { Check } from './check.ts';

/** What S3 can keep: the largest file fits into one upload. */
export const checkStorage: Check = ({ draft }) =>
  draft.storage.flatMap(({ path, value }): Finding[] =>
    maxBytes(value) <= largestUpload
      ? []
      : [
          {
            code: 'out-of-range',
            message: `S3 takes at most 5 GB in one upload, not ${value.max_size}.`,
            hint: 'Write `5GB` or less.',
            path: [...path, 'max_size'],
            replacement: { text: '5GB' },
          },
        ],
  );
