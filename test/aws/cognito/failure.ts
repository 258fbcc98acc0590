/** For `assert.rejects`: the service's exception of that name, with such a message. */
export function failsWith(name: string, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    if (!(error instanceof Error)) throw error;
    if (error.name !== name || !message.test(error.message))
      throw new Error(`Failed otherwise, with ${error.name}: ${error.message}`);
    return true;
  };
}
