import * as z from 'zod';
import type { AwsCall } from '../aws-call.ts';
import { arnOf, type Demands, demand } from './demand.ts';

const InPool = z.looseObject({ UserPoolId: z.string().optional() });

/**
 * What is done to a pool needs leave for that pool. What users do for themselves (sign up, sign in, with their token)
 * names no pool, and anybody may call it.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncognitouserpools.html
 */
export function cognitoDemands(call: AwsCall): Demands {
  const { UserPoolId } = InPool.parse(call.input);
  if (UserPoolId !== undefined)
    return demand(`cognito-idp:${call.operation}`, arnOf(call, 'cognito-idp', `userpool/${UserPoolId}`));
  if (call.operation === 'ListUserPools') return demand('cognito-idp:ListUserPools', '*');
  return { kind: 'free' };
}
