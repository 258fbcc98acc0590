import type { Layer } from '../stacks/stack.ts';
import type { Template } from '../stacks/template.ts';

/** What was deployed last, as far as this machine knows: where a comparison starts from. */
export interface Baseline {
  /** The number of the deployment in the history. */
  deployment: number;
  environment: string;
  account: string;
  region: string;
  /** The Blueprint's text. */
  blueprint: string;
  stacks: BaselineStack[];
}

export interface BaselineStack {
  layer: Layer;
  name: string;
  /** The template's text as it was deployed. */
  body: string;
  template: Template;
  /** As they were filled in. No secret is ever a parameter. */
  parameters: Record<string, string>;
}
