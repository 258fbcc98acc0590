import type { Preview, ResourceChange } from '../preview/preview.ts';
import type { EnvironmentChoice } from './state.ts';
import { counted, t } from './text.ts';

/** The one question before a deployment. */
export interface Question {
  /** Stops everything until it is answered: data would be lost, or users would be reached. */
  modal: boolean;
  /** "Deploy to dev in us-east-2, account 123456789012?" */
  title: string;
  /** What it would do, in plain words. */
  detail: string;
  /** The word on the button. */
  confirm: string;
}

/** An environment whose users are real: protected, or called like production. */
export function isProduction(environment: EnvironmentChoice): boolean {
  return environment.kind === 'aws' && (environment.protected || /^(prod|production|live)$/i.test(environment.name));
}

/** What would be lost with its data: deleted or replaced resources that hold data and are not kept. */
export function dataLosses(preview: Preview): ResourceChange[] {
  return preview.stacks
    .flatMap((stack) => stack.resources)
    .filter((change) => holdsData(change.type))
    .filter((change) => change.action === 'replace' || (change.action === 'delete' && change.retained !== true));
}

function holdsData(type: string): boolean {
  return ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::Cognito::UserPool', 'AWS::SQS::Queue'].includes(type);
}

/** Asks for one deployment, in the words of what it would do. `account` is who answered, not what was hoped for. */
export function deployQuestion(
  preview: Preview,
  environment: EnvironmentChoice,
  account: string,
  endpoint?: string,
): Question {
  const losses = dataLosses(preview);
  const production = isProduction(environment);
  const place =
    environment.kind === 'local'
      ? t('Deploy {0} to local, the AWS on this machine?', preview.project)
      : t('Deploy to {0} in {1}, account {2}?', environment.name, environment.region, account);
  const sentences = [
    changeSentence(preview),
    ...(losses.length > 0
      ? [t('Data would be lost in: {0}.', losses.map((change) => `${change.type} (${change.label})`).join(', '))]
      : []),
    ...(production ? [t('{0} is a production environment.', environment.name)] : []),
    ...(endpoint !== undefined && environment.kind === 'aws'
      ? [t('Calls go to {0}, not to AWS itself.', endpoint)]
      : []),
  ];
  return {
    modal: production || losses.length > 0,
    title: place,
    detail: sentences.join(' '),
    confirm: losses.length > 0 ? t('Deploy and Lose This Data') : t('Deploy'),
  };
}

/** "12 resources would be created and 1 updated, in 3 stacks." */
export function changeSentence(preview: Preview): string {
  const { create, update, replace, delete: gone } = preview.counts;
  const stacks = preview.stacks.filter((stack) => stack.action !== 'none').length;
  const parts = [
    ...(create > 0 ? [counted(create, '{0} resource would be created', '{0} resources would be created')] : []),
    ...(update > 0 ? [counted(update, '{0} updated', '{0} updated')] : []),
    ...(replace > 0 ? [counted(replace, '{0} replaced', '{0} replaced')] : []),
    ...(gone > 0 ? [counted(gone, '{0} deleted', '{0} deleted')] : []),
  ];
  if (parts.length === 0) {
    if (stacks === 0) return t('Nothing would change.');
    return counted(
      stacks,
      'No resource would change, only settings of {0} stack.',
      'No resource would change, only settings of {0} stacks.',
    );
  }
  if (create === 0) parts[0] = firstPart(preview.counts);
  const list = parts.length === 1 ? parts[0] : `${parts.slice(0, -1).join(', ')} ${t('and')} ${parts.at(-1)}`;
  return `${list}, ${counted(stacks, 'in {0} stack', 'in {0} stacks')}.`;
}

/** The first part carries the noun: "1 resource would be updated". */
function firstPart(counts: Preview['counts']): string {
  if (counts.update > 0)
    return counted(counts.update, '{0} resource would be updated', '{0} resources would be updated');
  if (counts.replace > 0)
    return counted(counts.replace, '{0} resource would be replaced', '{0} resources would be replaced');
  return counted(counts.delete, '{0} resource would be deleted', '{0} resources would be deleted');
}
