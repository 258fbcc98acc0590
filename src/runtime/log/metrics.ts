import type { LogLine } from './line.ts';

/** What a line is printed with. */
export interface Printing {
  /** `<project>-<environment>`, the one dimension of the metrics; absent where the function has not been told. */
  service?: string | undefined;
  /** Milliseconds since 1970. */
  time: number;
  /** Whether this is the first request of the execution environment, which waited for it to start. */
  coldStart: boolean;
}

const namespace = 'Backdrift';

/**
 * A line as it is printed. The line of a request is at the same time a record of CloudWatch's Embedded Metric Format, so
 * that metrics need no call: `Errors` (1 for a 5xx, else 0) and `Latency` (milliseconds in the handler), by `Service`.
 * One dimension set with one value for a whole deployment: every further one would be two more custom metrics.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function printed(line: LogLine, { service, time, coldStart }: Printing): string {
  const { status, duration_ms, ...rest } = line;
  if (line.event !== 'request' || typeof status !== 'number' || typeof duration_ms !== 'number')
    return JSON.stringify(line);
  const measured = { status, cold_start: coldStart, Errors: status >= 500 ? 1 : 0, Latency: duration_ms };
  if (service === undefined || service === '') return JSON.stringify({ ...rest, ...measured });
  const directive = {
    Namespace: namespace,
    Dimensions: [['Service']],
    Metrics: [
      { Name: 'Errors', Unit: 'Count' },
      { Name: 'Latency', Unit: 'Milliseconds' },
    ],
  };
  return JSON.stringify({
    ...rest,
    ...measured,
    Service: service,
    _aws: { Timestamp: time, CloudWatchMetrics: [directive] },
  });
}

/** The log of one execution environment. `write` takes one line of text with its end. */
export function createLog(to: {
  service: string | undefined;
  now(): number;
  write(text: string): void;
}): (line: LogLine) => void {
  let coldStart = true;
  return (line) => {
    to.write(`${printed(line, { service: to.service, time: to.now(), coldStart })}\n`);
    if (line.event === 'request') coldStart = false;
  };
}
