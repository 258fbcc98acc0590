// Who is signed in, with the standard library of Cognito: AWS Amplify. The bundle in vendor/ is the library as it is.
import {
  Amplify,
  cognitoUserPoolsTokenProvider,
  confirmResetPassword,
  confirmSignIn,
  confirmSignUp,
  fetchAuthSession,
  fetchMFAPreference,
  resendSignUpCode,
  resetPassword,
  sessionStorage,
  setUpTOTP,
  signIn,
  signOut,
  signUp,
  updateMFAPreference,
  verifyTOTPSetup,
} from './vendor/amplify-auth.js';

/**
 * What the page has to ask for next. `two-step-setup` brings the secret for an authenticator app, and an address that
 * such an app opens.
 * @typedef {{ step: 'done' | 'sign-in' | 'confirm' | 'code' | 'new-password' | 'reset' }
 *   | { step: 'two-step-setup', secret: string, uri: string }} Next
 */

const appName = 'Task Manager';

export class Session {
  /** @param {{ apiUrl: string, userPoolId: string, clientId: string }} config */
  constructor({ apiUrl, userPoolId, clientId }) {
    const local = localAws(apiUrl);
    const Auth = {
      Cognito: {
        userPoolId,
        userPoolClientId: clientId,
        // A local AWS answers for every service at one address.
        ...(local && { userPoolEndpoint: local }),
      },
    };
    Amplify.configure({ Auth }, { Auth: { tokenProvider: cognitoUserPoolsTokenProvider } });
    cognitoUserPoolsTokenProvider.setAuthConfig(Auth);
    // Tokens live as long as the tab: nothing is left behind on a shared computer.
    cognitoUserPoolsTokenProvider.setKeyValueStorage(sessionStorage);
  }

  /** The token for the API, renewed when it is about to end; undefined when nobody is signed in. */
  async token() {
    return (await this.#idToken())?.toString();
  }

  /** Of who is signed in. */
  async email() {
    const email = (await this.#idToken())?.payload.email;
    return typeof email === 'string' ? email : undefined;
  }

  async #idToken() {
    try {
      return (await fetchAuthSession()).tokens?.idToken;
    } catch (error) {
      // The network may come back; a sign-in that has ended does not.
      if (error.name === 'NetworkError') throw error;
      await this.signOut();
      return undefined;
    }
  }

  /** @param {string} email @param {string} password @returns {Promise<Next>} */
  async signIn(email, password) {
    // A sign-in that another account left half done is no reason to refuse this one.
    await this.signOut();
    return next((await signIn({ username: email, password })).nextStep);
  }

  /** The code or the new password that the sign-in asked for. @param {string} answer @returns {Promise<Next>} */
  async answer(answer) {
    return next((await confirmSignIn({ challengeResponse: answer })).nextStep);
  }

  /** @param {string} email @param {string} password @returns {Promise<Next>} */
  async signUp(email, password) {
    const { nextStep } = await signUp({ username: email, password, options: { userAttributes: { email } } });
    return { step: nextStep.signUpStep === 'DONE' ? 'sign-in' : 'confirm' };
  }

  /** @param {string} email @param {string} code */
  async confirm(email, code) {
    await confirmSignUp({ username: email, confirmationCode: code });
  }

  /** @param {string} email */
  async resend(email) {
    await resendSignUpCode({ username: email });
  }

  /** Has a code sent for a new password. @param {string} email */
  async forgot(email) {
    await resetPassword({ username: email });
  }

  /** @param {string} email @param {string} code @param {string} password */
  async reset(email, code, password) {
    await confirmResetPassword({ username: email, confirmationCode: code, newPassword: password });
  }

  /** Whether a sign-in asks for the code of an authenticator app. */
  async hasTwoSteps() {
    return (await fetchMFAPreference()).enabled?.includes('TOTP') === true;
  }

  /** Begins with an authenticator app. @returns {Promise<Next>} */
  async beginTwoSteps() {
    return setup(await setUpTOTP());
  }

  /** Ends it, with a first code of the app. @param {string} code */
  async finishTwoSteps(code) {
    await verifyTOTPSetup({ code });
    await updateMFAPreference({ totp: 'PREFERRED' });
  }

  async endTwoSteps() {
    await updateMFAPreference({ totp: 'DISABLED' });
  }

  async signOut() {
    await signOut();
  }
}

/** @returns {Next} */
function next(nextStep) {
  switch (nextStep.signInStep) {
    case 'DONE':
      return { step: 'done' };
    case 'CONFIRM_SIGN_UP':
      return { step: 'confirm' };
    case 'CONFIRM_SIGN_IN_WITH_TOTP_CODE':
      return { step: 'code' };
    case 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP':
      return setup(nextStep.totpSetupDetails);
    case 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED':
      return { step: 'new-password' };
    case 'RESET_PASSWORD':
      return { step: 'reset' };
    default:
      throw new Error(`This page cannot answer ${nextStep.signInStep}. Sign in with another client.`);
  }
}

/** @returns {Next} */
function setup(details) {
  return {
    step: 'two-step-setup',
    secret: details.sharedSecret,
    uri: details.getSetupUri(appName).href,
  };
}

/** The address of the local AWS that the API is on; undefined when it is on AWS. */
export function localAws(apiUrl) {
  const { origin, hostname } = new URL(apiUrl, location.href);
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(hostname) || hostname.endsWith('.localhost');
  return local ? `${origin}/` : undefined;
}
