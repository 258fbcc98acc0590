import type { Artifact, CompileProblem, Layer, ParameterSource } from './stack.ts';
import type { ResourceMetadata, Template, TemplateResource, TemplateValue } from './template.ts';
import type { WrittenMembers } from './written.ts';

/** What a layer gives: everything its stack is made of. A layer without resources makes no stack. */
export interface LayerContent {
  /** By logical id, in parts that are written once. */
  resources: WrittenMembers<TemplateResource>[];
  parameters?: Record<string, LayerParameter>;
  conditions?: Record<string, TemplateValue>;
  outputs?: NonNullable<Template['Outputs']>;
  artifacts?: Artifact[];
  problems?: CompileProblem[];
}

export interface LayerParameter {
  description: string;
  source: ParameterSource;
}

/** A parameter filled in from an output of the same name. */
export function outputOf(layer: Layer, output: string, description: string): LayerParameter {
  return { description, source: { from: 'output', layer, output } };
}

export function metadata(label: string, source: string): { Backdrift: ResourceMetadata } {
  return { Backdrift: { label, source } };
}

/** `Fn::Sub` of a text of ours. What comes from a Blueprint goes through `literal` first. */
export function sub(text: string): TemplateValue {
  return { 'Fn::Sub': text };
}

/** Text from a Blueprint inside `Fn::Sub`: `${` stays what it is. */
export function literal(text: string): string {
  return text.replaceAll('${', '${!');
}

export function ref(logicalId: string): TemplateValue {
  return { Ref: logicalId };
}

export function attribute(logicalId: string, name: string): TemplateValue {
  return { 'Fn::GetAtt': [logicalId, name] };
}

/** An ARN in the account and region of the stack: `arn('sqs', '${EmailsQueueName}')`. */
export function arn(service: string, resource: string): string {
  return `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`;
}
