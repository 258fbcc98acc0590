/** `a task`, `an organization`: by the first letters, which is right for nearly every name. */
export function withArticle(name: string): string {
  return /^(?!uni|us[aeiu]|eu|one)[aeiou]/i.test(name) ? `an ${name}` : `a ${name}`;
}
