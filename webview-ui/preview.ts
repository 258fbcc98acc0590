import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { render } from 'lit';
import { listen, remember, tell } from './host.ts';
import { panelView } from './panel-view.ts';
import type { PanelState } from './protocol.ts';
import './preview.css';

const content = required('content');
const announcements = required('announcements');
let announced = '';

listen(({ project, state }) => {
  remember({ project });
  render(panelView(state, tell), content);
  announce(state);
});
tell({ type: 'ready' });

/** Speaks the one sentence that matters, once for each time that it changes. */
function announce(state: PanelState): void {
  const sentence =
    state.kind === 'preview'
      ? state.progress
        ? [state.progress.heading, ...state.progress.stacks.map((stack) => `${stack.title}: ${stack.status}`)].join(
            '. ',
          )
        : [state.stale, state.verdict].filter((part) => part !== undefined).join(' ')
      : state.message;
  if (sentence === announced) return;
  announced = sentence;
  announcements.textContent = sentence;
}

function required(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no #${id}`);
  return element;
}
