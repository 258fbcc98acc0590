/** The function was deployed without something that it needs. The message is ours and names no data: it may be logged. */
export class Misconfigured extends Error {
  override readonly name = 'Misconfigured';
}
