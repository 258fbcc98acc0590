/** `application/json` of `Application/JSON; charset=utf-8`: what decides about models and templates. */
export function mediaKindOf(contentType: string): string {
  return (contentType.split(';')[0] ?? '').trim().toLowerCase();
}
