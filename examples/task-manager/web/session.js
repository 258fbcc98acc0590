// Who is signed in: sign-up, confirmation, sign-in and refresh against Cognito, with nothing but fetch.
import { answer, begin } from './srp.js';

const kept = 'task-manager-session';

/** What Cognito or the network said, in words for the page. */
export class SignInError extends Error {
  /** @param {string} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

export class Session {
  #config;
  /** @type {{ email: string, idToken: string, refreshToken?: string, expires: number } | undefined} */
  #tokens;

  /** @param {{ region: string, apiUrl: string, userPoolId: string, clientId: string }} config */
  constructor(config) {
    this.#config = config;
    // Tokens live as long as the tab: nothing is left behind on a shared computer.
    const stored = sessionStorage.getItem(kept);
    if (stored) this.#tokens = JSON.parse(stored);
  }

  get email() {
    return this.#tokens?.email;
  }

  /** The token for the API, renewed when it is about to end; undefined when nobody is signed in. */
  async token() {
    if (!this.#tokens) return undefined;
    if (this.#tokens.expires > Date.now() + 60_000) return this.#tokens.idToken;
    const { email, refreshToken } = this.#tokens;
    try {
      const result = await this.#call('InitiateAuth', {
        AuthFlow: 'REFRESH_TOKEN_AUTH',
        AuthParameters: { REFRESH_TOKEN: refreshToken },
      });
      this.#keep(email, { RefreshToken: refreshToken, ...result.AuthenticationResult });
      return this.#tokens?.idToken;
    } catch (error) {
      if (!(error instanceof SignInError) || error.code === 'Unreachable') throw error;
      this.signOut();
      return undefined;
    }
  }

  /** @param {string} email @param {string} password */
  async signIn(email, password) {
    const start = begin();
    const first = await this.#call('InitiateAuth', {
      AuthFlow: 'USER_SRP_AUTH',
      AuthParameters: { USERNAME: email, SRP_A: start.publicValue.toString(16) },
    });
    const challenge = first.ChallengeParameters;
    const { signature, timestamp } = await answer(start, challenge, this.#config.userPoolId, password, new Date());
    const second = await this.#call('RespondToAuthChallenge', {
      ChallengeName: 'PASSWORD_VERIFIER',
      Session: first.Session,
      ChallengeResponses: {
        USERNAME: challenge.USERNAME ?? challenge.USER_ID_FOR_SRP,
        PASSWORD_CLAIM_SECRET_BLOCK: challenge.SECRET_BLOCK,
        PASSWORD_CLAIM_SIGNATURE: signature,
        TIMESTAMP: timestamp,
      },
    });
    if (!second.AuthenticationResult) {
      throw new SignInError(
        'Challenge',
        `This page cannot answer ${second.ChallengeName}. Sign in with another client.`,
      );
    }
    this.#keep(email, second.AuthenticationResult);
  }

  /** @param {string} email @param {string} password */
  async signUp(email, password) {
    await this.#call('SignUp', {
      Username: email,
      Password: password,
      UserAttributes: [{ Name: 'email', Value: email }],
    });
  }

  /** @param {string} email @param {string} code */
  async confirm(email, code) {
    await this.#call('ConfirmSignUp', { Username: email, ConfirmationCode: code });
  }

  signOut() {
    this.#tokens = undefined;
    sessionStorage.removeItem(kept);
  }

  /** @param {string} email @param {{ IdToken: string, RefreshToken?: string, ExpiresIn: number }} result */
  #keep(email, result) {
    this.#tokens = {
      email,
      idToken: result.IdToken,
      refreshToken: result.RefreshToken,
      expires: Date.now() + result.ExpiresIn * 1000,
    };
    sessionStorage.setItem(kept, JSON.stringify(this.#tokens));
  }

  /** @param {string} action @param {object} parameters */
  async #call(action, parameters) {
    const { apiUrl, region, clientId } = this.#config;
    const api = new URL(apiUrl, location.href);
    // A local AWS answers for every service at one address.
    const local = ['localhost', '127.0.0.1', '[::1]'].includes(api.hostname) || api.hostname.endsWith('.localhost');
    let response;
    try {
      response = await fetch(local ? `${api.origin}/` : `https://cognito-idp.${region}.amazonaws.com/`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': `AWSCognitoIdentityProviderService.${action}`,
        },
        body: JSON.stringify({ ClientId: clientId, ...parameters }),
      });
    } catch {
      throw new SignInError(
        'Unreachable',
        'The sign-in service cannot be reached. Check your connection and try again.',
      );
    }
    const body = await response.json().catch(() => ({}));
    if (response.ok) return body;
    const code =
      String(body.__type ?? response.status)
        .split('#')
        .pop() ?? '';
    throw new SignInError(code, body.message ?? body.Message ?? `Sign-in failed (${response.status}).`);
  }
}
