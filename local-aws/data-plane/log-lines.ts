import type { WorkerMessage } from './worker-messages.ts';

export type LogFormat = 'Text' | 'JSON';

interface Report {
  requestId: string;
  durationMillis: number;
  memoryMegabytes: number;
  usedMegabytes: number;
  initMillis?: number | undefined;
  status: 'success' | 'error' | 'timeout';
}

/**
 * What Lambda writes around and for a function's own lines, in both of its formats.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export function consoleLine(line: Extract<WorkerMessage, { kind: 'log' }>, format: LogFormat): string {
  const time = new Date(line.time).toISOString();
  if (format === 'Text') return `${time}\t${line.requestId ?? 'undefined'}\t${line.level}\t${line.text}`;
  const message = line.object === undefined ? JSON.stringify(line.text) : line.object;
  const request = line.requestId === undefined ? '' : `,"requestId":${JSON.stringify(line.requestId)}`;
  return `{"timestamp":"${time}","level":"${line.level}","message":${message}${request}}`;
}

export function startLine(requestId: string, version: string, format: LogFormat): string {
  if (format === 'Text') return `START RequestId: ${requestId} Version: ${version}`;
  return platform('platform.start', { requestId, version });
}

export function timeoutLine(requestId: string, seconds: number): string {
  return `${new Date().toISOString()} ${requestId} Task timed out after ${seconds.toFixed(2)} seconds`;
}

/** END and REPORT in the text format, one platform.report in JSON. */
export function reportLines(report: Report, format: LogFormat): string[] {
  const billed = Math.ceil(report.durationMillis);
  if (format === 'JSON')
    return [
      platform('platform.report', {
        requestId: report.requestId,
        metrics: {
          durationMs: rounded(report.durationMillis),
          billedDurationMs: billed,
          memorySizeMB: report.memoryMegabytes,
          maxMemoryUsedMB: report.usedMegabytes,
          ...(report.initMillis !== undefined && { initDurationMs: rounded(report.initMillis) }),
        },
        status: report.status,
      }),
    ];
  const fields = [
    `REPORT RequestId: ${report.requestId}`,
    `Duration: ${report.durationMillis.toFixed(2)} ms`,
    `Billed Duration: ${billed} ms`,
    `Memory Size: ${report.memoryMegabytes} MB`,
    `Max Memory Used: ${report.usedMegabytes} MB`,
    ...(report.initMillis === undefined ? [] : [`Init Duration: ${report.initMillis.toFixed(2)} ms`]),
    ...(report.status === 'timeout' ? ['Status: timeout'] : []),
  ];
  return [`END RequestId: ${report.requestId}`, `${fields.join('\t')}\t`];
}

function platform(type: string, record: Record<string, unknown>): string {
  return JSON.stringify({ time: new Date().toISOString(), type, record });
}

function rounded(millis: number): number {
  return Math.round(millis * 1000) / 1000;
}
