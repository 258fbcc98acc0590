import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type {
  PanelLine,
  PanelPreview,
  PanelProblem,
  PanelProgress,
  PanelStack,
  PanelState,
  ToEditor,
} from './protocol.ts';

type Tell = (message: ToEditor) => void;

/** The panel as a function of its state. Elements are kept from one state to the next, so scroll and focus stay. */
export function panelView(state: PanelState, tell: Tell): TemplateResult {
  switch (state.kind) {
    case 'loading':
      return html`<p class="loading"><vscode-icon name="loading" spin></vscode-icon> ${state.message}</p>`;
    case 'empty':
      return html`
        <header><h1>${state.heading}</h1></header>
        <p>${state.message}</p>
        ${problemsView(state.problems, tell)}
      `;
    case 'preview':
      return previewView(state, tell);
  }
}

function previewView(state: PanelPreview, tell: Tell): TemplateResult {
  const { place, deploy } = state;
  return html`
    <header>
      <h1>
        ${place.project}
        <span class="arrow" aria-label="to">→</span>
        <span class="environment ${place.local ? 'local' : ''} ${place.production ? 'production' : ''}">
          <vscode-icon name=${place.local ? 'vm' : place.production ? 'lock' : 'cloud'}></vscode-icon>
          ${place.environment}
        </span>
      </h1>
      <p class="where">${place.where}</p>
      <p class="verdict">${state.verdict}</p>
      ${state.stale === undefined ? nothing : html`<p class="stale"><vscode-icon name="warning"></vscode-icon> ${state.stale}</p>`}
      <div class="actions">
        <vscode-button
          icon="rocket"
          ?disabled=${!deploy.enabled}
          aria-describedby=${deploy.reason === undefined ? nothing : 'deploy-reason'}
          @click=${() => deploy.enabled && tell({ type: 'deploy' })}
          >${deploy.label}</vscode-button
        >
        <vscode-button secondary @click=${() => tell({ type: 'selectEnvironment' })}>Select Environment</vscode-button>
        ${deploy.reason === undefined ? nothing : html`<span id="deploy-reason" class="reason">${deploy.reason}</span>`}
      </div>
    </header>
    ${state.progress ? progressView(state.progress, tell) : nothing} ${problemsView(state.problems, tell)}
    <section aria-labelledby="changes">
      <h2 id="changes">Infrastructure Changes</h2>
      ${state.nothing === undefined ? nothing : html`<p class="nothing">${state.nothing}</p>`}
      ${repeat(
        state.stacks,
        (stack) => stack.layer,
        (stack) => stackView(stack, tell),
      )}
      ${
        state.unchanged.length === 0 || state.stacks.length === 0
          ? nothing
          : html`<p class="unchanged">Unchanged: ${state.unchanged.join(', ')}</p>`
      }
      ${state.notes.map((note) => html`<p class="note">${note}</p>`)}
    </section>
  `;
}

function stackView(stack: PanelStack, tell: Tell): TemplateResult {
  const id = `stack-${stack.layer}`;
  return html`
    <section class="stack" aria-labelledby=${id}>
      <div class="stack-heading">
        <h3 id=${id}>${stack.title} <span class="purpose">(${stack.purpose})</span></h3>
        <span class="summary">${stack.summary}</span>
        <vscode-toolbar-button
          icon="diff"
          label="Compare Templates of ${stack.title}"
          @click=${() => tell({ type: 'compareTemplates', layer: stack.layer })}
          >Compare Templates</vscode-toolbar-button
        >
      </div>
      <ul class="lines">
        ${repeat(
          stack.lines,
          (line) => line.key,
          (line) => html`<li>${lineView(line, tell)}</li>`,
        )}
      </ul>
    </section>
  `;
}

function lineView(line: PanelLine, tell: Tell): TemplateResult {
  const { source } = line;
  const remark = line.remark === undefined ? nothing : html` <span class="remark">${line.remark}</span>`;
  if (source === undefined) return html`<span class="line ${line.action}">${line.text}</span>${remark}`;
  return html`<button
      type="button"
      class="line ${line.action}"
      title="Show in the Blueprint"
      aria-label="${line.spoken}. Show in the Blueprint"
      @click=${() => tell({ type: 'openSource', source })}
    >
      ${line.text}</button
    >${remark}`;
}

function problemsView(problems: readonly PanelProblem[], tell: Tell): TemplateResult | typeof nothing {
  if (problems.length === 0) return nothing;
  return html`
    <section aria-labelledby="problems">
      <h2 id="problems">Problems in the Blueprint</h2>
      <ul class="problems">
        ${repeat(
          problems,
          (problem) => problem.key,
          (problem) => html`
            <li>
              <vscode-icon
                class=${problem.severity}
                name=${problem.severity === 'information' ? 'info' : problem.severity}
              ></vscode-icon>
              <span class="spoken-only">${problem.severity}</span>
              <button
                type="button"
                class="problem"
                @click=${() => tell({ type: 'openProblem', start: problem.start, end: problem.end })}
              >
                ${withCode(problem.message)}
                ${problem.hint === undefined ? nothing : html`<span class="hint">${withCode(problem.hint)}</span>`}
                <span class="position">line ${problem.line}</span>
              </button>
            </li>
          `,
        )}
      </ul>
    </section>
  `;
}

function progressView(progress: PanelProgress, tell: Tell): TemplateResult {
  return html`
    <section class="progress" aria-labelledby="progress">
      <h2 id="progress">${progress.heading}</h2>
      ${progress.message === undefined ? nothing : html`<p class="message">${progress.message}</p>`}
      <ul>
        ${repeat(
          progress.stacks,
          (stack) => stack.layer,
          (stack) => html`
            <li class=${stack.standing}>
              <vscode-icon name=${stack.icon} ?spin=${stack.standing === 'running'}></vscode-icon>
              <span class="title">${stack.title}</span>
              <span class="status">${stack.status}</span>
              ${stack.reason === undefined ? nothing : html`<span class="reason">${stack.reason}</span>`}
            </li>
          `,
        )}
      </ul>
      ${
        progress.running
          ? nothing
          : html`<vscode-button secondary @click=${() => tell({ type: 'showInfrastructure' })}>Show Infrastructure</vscode-button>`
      }
    </section>
  `;
}

/** Words in backticks are what is written in the Blueprint. */
function withCode(text: string): (string | TemplateResult)[] {
  return text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}
