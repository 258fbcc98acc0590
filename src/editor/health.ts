import * as vscode from 'vscode';
import type { Log } from './log.ts';
import { messageText } from './message-text.ts';
import { showError, showInformation, showWarning } from './notify.ts';
import { t } from './text.ts';

/** How long a deployed API may take to answer, in milliseconds. A cold start takes a second or two. */
const patience = 15_000;
/** More of an answer than this is not shown, in characters. */
const most = 20_000;

/** Asks GET /health of a deployed API, as any caller would, and shows status, time and answer. */
export async function testHealth(api: string, place: string, log: Log): Promise<void> {
  const address = `${api}/health`;
  const answer = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: messageText(t('Asking {0}', address)) },
    () => get(address),
  );
  if (answer.kind === 'silent') {
    log.error(`GET ${address}: ${answer.reason}`);
    const again = t('Test Again');
    const chosen = await showError(t('The API in {0} did not answer: {1}', place, answer.reason), again);
    if (chosen === again) await testHealth(api, place, log);
    return;
  }
  const { status, milliseconds, body } = answer;
  log.info(`GET ${address}: ${status} in ${milliseconds} ms: ${body}`);
  const text = t('{0}: {1} in {2} ms. {3}', place, status, milliseconds, oneLine(body));
  const show = t('Show Answer');
  const chosen = answer.healthy
    ? await showInformation(t('Healthy, {0}', text), show)
    : await showWarning(t('Not healthy, {0}', text), show);
  if (chosen !== show) return;
  const document = await vscode.workspace.openTextDocument({ language: 'json', content: pretty(body) });
  await vscode.window.showTextDocument(document, { preview: true });
}

type Answer =
  | { kind: 'answer'; healthy: boolean; status: string; milliseconds: number; body: string }
  | { kind: 'silent'; reason: string };

async function get(address: string): Promise<Answer> {
  const began = performance.now();
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(patience) });
    const body = (await response.text()).slice(0, most);
    const milliseconds = Math.round(performance.now() - began);
    return {
      kind: 'answer',
      healthy: response.ok,
      status: `${response.status} ${response.statusText}`.trim(),
      milliseconds,
      body,
    };
  } catch (error) {
    return { kind: 'silent', reason: reasonOf(error) };
  }
}

/** fetch hides what happened in the cause of its error. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return t('no answer within {0} seconds', patience / 1000);
  return error.cause instanceof Error && error.cause.message ? error.cause.message : error.message;
}

function oneLine(body: string): string {
  const line = body.replace(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch (error) {
    // Not JSON: shown as it came.
    if (error instanceof SyntaxError) return body;
    throw error;
  }
}
