import * as z from 'zod';
import { cognitoDemands } from './cognito.ts';
import type { Demands, ReadDemands } from './demand.ts';
import { dynamodbDemands } from './dynamodb.ts';
import { lambdaDemands } from './lambda.ts';
import { logsDemands } from './logs.ts';
import { eventsDemands, sesDemands, snsDemands } from './messaging.ts';
import { s3Demands } from './s3.ts';
import { type FindSecret, secretsDemands, ssmDemands } from './settings.ts';
import { sqsDemands } from './sqs.ts';

/**
 * What a request needs leave for, for the services that functions of a Blueprint use and a few more.
 * @param findSecret Secrets may be asked for by name; policies name their ARN.
 */
export function demandReader(findSecret: FindSecret): ReadDemands {
  /** By the service that the signature names; where the protocol has a target header, with what it must begin. */
  const readers: Readonly<Record<string, { read: ReadDemands; target?: string }>> = {
    'cognito-idp': { read: cognitoDemands, target: 'AWSCognitoIdentityProviderService' },
    dynamodb: { read: dynamodbDemands, target: 'DynamoDB_20120810' },
    events: { read: eventsDemands, target: 'AWSEvents' },
    lambda: { read: lambdaDemands },
    logs: { read: logsDemands, target: 'Logs_20140328' },
    s3: { read: s3Demands },
    secretsmanager: { read: secretsDemands(findSecret), target: 'secretsmanager' },
    ses: { read: sesDemands },
    sns: { read: snsDemands },
    sqs: { read: sqsDemands },
    ssm: { read: ssmDemands, target: 'AmazonSSM' },
  };
  return async (call): Promise<Demands> => {
    const reader = Object.hasOwn(readers, call.service) ? readers[call.service] : undefined;
    if (reader === undefined)
      return { kind: 'unknown', sentence: `Local AWS does not know what the service ${call.service} is asked for.` };
    const target = call.headers['x-amz-target'];
    // The signature names one service, the header another: who serves the request could be either.
    if (reader.target !== undefined && !String(target ?? '').startsWith(`${reader.target}.`))
      return { kind: 'unknown', sentence: `The request's target ${target} is not one of ${call.service}.` };
    try {
      return await reader.read(call);
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      return { kind: 'unknown', sentence: `The input of ${call.operation} is not as ${call.service} takes it.` };
    }
  };
}
