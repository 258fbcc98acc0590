import { type PanelIdentity, panelIdentitySchema, type ToEditor, type ToPanel, toPanelSchema } from './protocol.ts';

interface VsCodeApi {
  postMessage(message: unknown): void;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();

/** Tells the editor what the user pressed. */
export function tell(message: ToEditor): void {
  api.postMessage(message);
}

/** Keeps which Blueprint this panel is of, so that a reloaded window can bring it back. */
export function remember(identity: PanelIdentity): void {
  api.setState(panelIdentitySchema.parse(identity));
}

/** Calls back for every message of the protocol; anything else is reported and dropped. */
export function listen(receive: (message: ToPanel) => void): void {
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    const message = toPanelSchema.safeParse(event.data);
    if (message.success) receive(message.data);
    else
      tell({
        type: 'fault',
        message: message.error.issues
          .map((issue) => issue.message)
          .join('; ')
          .slice(0, 2_000),
      });
  });
}
