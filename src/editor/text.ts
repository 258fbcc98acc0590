/**
 * Text that a user reads, in the language of their editor. Modules that also run outside VS Code (in unit tests) say
 * `t('…')`; the composition root plugs in the editor's own translator, and without one the English text stands.
 */
export type Translate = (message: string, ...values: (string | number)[]) => string;

const plain: Translate = (message, ...values) =>
  message.replace(/\{(\d+)\}/g, (placeholder, index: string) => String(values[Number(index)] ?? placeholder));

let translate: Translate = plain;

/** Plugs in the editor's translator, once, at activation. */
export function useTranslator(translator: Translate): void {
  translate = translator;
}

/** `message` in the user's language, with `{0}`, `{1}` … replaced by `values`. */
export function t(message: string, ...values: (string | number)[]): string {
  return translate(message, ...values);
}

/** `1 resource`, `5 resources`: the count with its noun. Both forms are whole texts with `{0}` for the number. */
export function counted(count: number, one: string, many: string): string {
  return t(count === 1 ? one : many, count);
}
