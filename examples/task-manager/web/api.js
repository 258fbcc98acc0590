// The REST API of the Blueprint.

/** Why a request did not work, in words for the page. */
export class ApiError extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export class Api {
  #url;
  #token;

  /**
   * @param {string} url of `backdrift.json`
   * @param {() => Promise<string | undefined>} token of who is signed in
   */
  constructor(url, token) {
    this.#url = url.replace(/\/+$/, '');
    this.#token = token;
  }

  /** Whether the backend is up, whoever asks. */
  async isUp() {
    const response = await fetch(`${this.#url}/health`).catch(() => undefined);
    return response?.ok === true;
  }

  /** Newest first. @param {string} path @param {string} [cursor] from the page before */
  list(path, cursor) {
    const query = new URLSearchParams({ limit: '50', sort: '-created_at', ...(cursor && { cursor }) });
    return this.#call('GET', `${path}?${query}`);
  }

  /** @param {string} path @param {object} row */
  create(path, row) {
    return this.#call('POST', path, row);
  }

  /** @param {string} path @param {object} changes */
  update(path, changes) {
    return this.#call('PATCH', path, changes);
  }

  /** @param {string} path */
  remove(path) {
    return this.#call('DELETE', path);
  }

  /** @param {string} method @param {string} path @param {object} [body] */
  async #call(method, path, body) {
    const token = await this.#token();
    let response;
    try {
      response = await fetch(`${this.#url}${path}`, {
        method,
        headers: {
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...(token ? { authorization: token } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
    } catch {
      throw new ApiError(0, 'The API cannot be reached. Check your connection, and whether the backend is deployed.');
    }
    if (response.status === 204) return undefined;
    const answer = await response.json().catch(() => undefined);
    if (response.ok && answer !== undefined) return answer;
    throw new ApiError(response.status, reason(response.status, answer));
  }
}

function reason(status, answer) {
  const fields = (answer?.errors ?? []).map(({ field, message }) => `${field}: ${message}`);
  if (fields.length > 0) return fields.join(' ');
  if (status === 401) return 'Your sign-in has ended. Sign in again.';
  if (status === 403) return answer?.detail ?? 'You may not do this: it is for others.';
  if (status === 429) return 'Too many requests at once. Wait a moment and try again.';
  return answer?.detail ?? answer?.message ?? `The API answered ${status}. Its logs say why.`;
}
