import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/**
 * The page of the preview panel. Nothing may load but our own script, stylesheet and icon font; nothing inline, no
 * connection to anywhere. What is shown comes by message.
 */
export function panelPage(webview: vscode.Webview, folder: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(folder, name)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Backdrift Preview</title>
    <link rel="stylesheet" id="vscode-codicon-stylesheet" href="${file('codicon.css')}">
    <link rel="stylesheet" href="${file('preview.css')}">
  </head>
  <body>
    <main id="content"></main>
    <div id="announcements" class="spoken-only" aria-live="polite" role="status"></div>
    <script type="module" nonce="${nonce}" src="${file('preview.js')}"></script>
  </body>
</html>`;
}
