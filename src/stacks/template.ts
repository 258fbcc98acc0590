/** A CloudFormation value: JSON, with intrinsic functions as one-key objects. */
export type TemplateValue = string | number | boolean | null | TemplateValue[] | { [key: string]: TemplateValue };

export interface TemplateResource {
  Type: string;
  Condition?: string;
  DependsOn?: string[];
  DeletionPolicy?: 'Retain' | 'Delete' | 'RetainExceptOnCreate';
  UpdateReplacePolicy?: 'Retain' | 'Delete';
  /** `Metadata.Backdrift` says what the resource is to a reader of a preview. */
  Metadata?: { Backdrift: ResourceMetadata };
  Properties: { [key: string]: TemplateValue };
}

/**
 * What a resource is to a reader, kept in the template so that a template read back from AWS can be shown as well.
 * Never holds anything that changes between two deployments of the same Blueprint (no date, no number).
 */
export interface ResourceMetadata {
  /** The name in brackets in a preview line: `tasks-table`, `create-task-handler`. */
  label: string;
  /** Where in the Blueprint it comes from, as a path joined with dots: `entities.task`, `api.resources.task`, `jobs.archive`. */
  source: string;
}

export interface Template {
  AWSTemplateFormatVersion: '2010-09-09';
  Description: string;
  Parameters?: Record<string, { Type: 'String'; Description?: string; Default?: string; NoEcho?: boolean }>;
  Conditions?: Record<string, TemplateValue>;
  Resources: Record<string, TemplateResource>;
  Outputs?: Record<string, { Description?: string; Value: TemplateValue; Condition?: string }>;
}
