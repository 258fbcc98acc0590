import * as z from 'zod';
import type { Aws } from '../../providers/aws.ts';
import { jsonCall } from '../../providers/service-call.ts';
import { type Operation, operation } from '../operation.ts';
import { regionOf } from '../pool-settings.ts';
import { updateUserPool } from '../update-pool.ts';

const Pool = z.looseObject({ UserPoolId: z.string() });
const Described = z.looseObject({ UserPool: z.looseObject({}) });

/** The two operations on pools themselves that moto cannot do alone: it has no users to count, and forgets what users are called. */
export function poolOperations(aws: Aws): Record<string, Operation> {
  return {
    DescribeUserPool: operation(Pool, async (input, state) => {
      const target = {
        service: 'cognito-idp',
        region: regionOf(input.UserPoolId),
        prefix: 'AWSCognitoIdentityProviderService',
      };
      const { UserPool } = Described.parse(await jsonCall(aws.endpoint, target, 'DescribeUserPool', input));
      return { UserPool: { ...UserPool, EstimatedNumberOfUsers: state.directory(input.UserPoolId).all().length } };
    }),
    UpdateUserPool: operation(Pool, async (input) => {
      await updateUserPool(aws, regionOf(input.UserPoolId), input);
      return {};
    }),
  };
}
