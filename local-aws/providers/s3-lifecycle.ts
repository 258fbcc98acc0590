import type * as S3 from '@aws-sdk/client-s3';
import * as z from 'zod';
import { number, tags, text } from './property.ts';

const Transition = z.looseObject({
  StorageClass: z.custom<S3.TransitionStorageClass>((value) => typeof value === 'string'),
  TransitionInDays: number.optional(),
  TransitionDate: z.coerce.date().optional(),
});

const NoncurrentTransition = z.looseObject({
  StorageClass: z.custom<S3.TransitionStorageClass>((value) => typeof value === 'string'),
  TransitionInDays: number,
});

const Rule = z.looseObject({
  Id: text.optional(),
  Status: z.enum(['Enabled', 'Disabled']),
  Prefix: text.optional(),
  TagFilters: tags.optional(),
  ExpirationInDays: number.optional(),
  ExpirationDate: z.coerce.date().optional(),
  ExpiredObjectDeleteMarker: z.boolean().optional(),
  AbortIncompleteMultipartUpload: z.looseObject({ DaysAfterInitiation: number }).optional(),
  NoncurrentVersionExpiration: z.looseObject({ NoncurrentDays: number }).optional(),
  NoncurrentVersionExpirationInDays: number.optional(),
  Transitions: z.array(Transition).optional(),
  NoncurrentVersionTransitions: z.array(NoncurrentTransition).optional(),
});

function filter(rule: z.infer<typeof Rule>): S3.LifecycleRuleFilter {
  const found = rule.TagFilters ?? [];
  if (found.length === 0) return { Prefix: rule.Prefix ?? '' };
  if (found.length === 1 && rule.Prefix === undefined) return { Tag: found[0] };
  return { And: { Prefix: rule.Prefix, Tags: found } };
}

/** The rules of a bucket's LifecycleConfiguration as the S3 API takes them: CloudFormation flattens what the API nests. */
export function lifecycleRules(rules: unknown[]): S3.LifecycleRule[] {
  return rules.map((given) => {
    const rule = Rule.parse(given);
    const expiration = {
      ...(rule.ExpirationInDays !== undefined && { Days: rule.ExpirationInDays }),
      ...(rule.ExpirationDate && { Date: rule.ExpirationDate }),
      ...(rule.ExpiredObjectDeleteMarker && { ExpiredObjectDeleteMarker: true }),
    };
    const noncurrentDays = rule.NoncurrentVersionExpiration?.NoncurrentDays ?? rule.NoncurrentVersionExpirationInDays;
    return {
      ID: rule.Id,
      Status: rule.Status,
      Filter: filter(rule),
      ...(Object.keys(expiration).length > 0 && { Expiration: expiration }),
      ...(rule.AbortIncompleteMultipartUpload && {
        AbortIncompleteMultipartUpload: {
          DaysAfterInitiation: rule.AbortIncompleteMultipartUpload.DaysAfterInitiation,
        },
      }),
      ...(noncurrentDays !== undefined && { NoncurrentVersionExpiration: { NoncurrentDays: noncurrentDays } }),
      ...(rule.Transitions && {
        Transitions: rule.Transitions.map((transition) => ({
          StorageClass: transition.StorageClass,
          Days: transition.TransitionInDays,
          Date: transition.TransitionDate,
        })),
      }),
      ...(rule.NoncurrentVersionTransitions && {
        NoncurrentVersionTransitions: rule.NoncurrentVersionTransitions.map((transition) => ({
          StorageClass: transition.StorageClass,
          NoncurrentDays: transition.TransitionInDays,
        })),
      }),
    };
  });
}
