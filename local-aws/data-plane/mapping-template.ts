/**
 * The part of API Gateway's mapping templates (Apache Velocity) that chooses headers by the request: `#set` of a variable
 * or of an override of the response, `#if … #end`, comparison with texts, and the request's headers.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
 */
export interface TemplateResult {
  text: string;
  /** By name, as the template writes it. */
  headers: [string, string][];
  status?: number;
}

/** What stands between the directives, and the directives themselves. */
const piece = /#set\(\s*(\$[\w.-]+)\s*=\s*((?:"[^"]*"|[^"()]|\([^()]*\))+?)\s*\)|#if\(((?:"[^"]*"|[^"()])+)\)|#end/g;
const headerOfRequest = /^\$input\.params\(\)\.header\.get\((?:"([^"]*)"|'([^']*)')\)$/;
const override = /^\$context\.responseOverride\.(?:header\.([\w-]+)|(status))$/;

/**
 * Evaluates a template.
 * @param headers The request's headers, by the names under which they arrived.
 * @returns undefined where the template uses what is not known here, or is not closed.
 */
export function evaluateTemplate(
  template: string,
  headers: readonly (readonly [string, string])[],
): TemplateResult | undefined {
  const variables = new Map<string, string | undefined>();
  const result: TemplateResult = { text: '', headers: [] };
  /** Of every #if that is open, whether what is in it counts. */
  const open: boolean[] = [];
  const counts = () => open.every(Boolean);

  const resolve = (expression: string): { value: string | undefined } | undefined => {
    const text = /^"([^"$#\\]*)"$/.exec(expression)?.[1];
    if (text !== undefined) return { value: text };
    const header = headerOfRequest.exec(expression);
    if (header) {
      const wanted = header[1] ?? header[2];
      return { value: headers.find(([name]) => name === wanted)?.[1] };
    }
    return /^\$\w+$/.test(expression) ? { value: variables.get(expression) } : undefined;
  };
  const isTrue = (expression: string): boolean | undefined => {
    const comparison = /^(\$\w+)\s*==\s*("[^"]*")$/.exec(expression);
    if (comparison) {
      const [left, right] = [resolve(comparison[1] ?? ''), resolve(comparison[2] ?? '')];
      return left && right && left.value !== undefined && left.value === right.value;
    }
    const negated = expression.startsWith('!');
    const operand = resolve(negated ? expression.slice(1).trim() : expression);
    return operand && (operand.value !== undefined) !== negated;
  };

  let read = 0;
  const say = (text: string): boolean => {
    if (/[#$]/.test(text)) return false;
    if (counts()) result.text += text;
    return true;
  };
  for (const match of template.matchAll(piece)) {
    if (!say(template.slice(read, match.index))) return undefined;
    read = match.index + match[0].length;
    const [whole, target, assigned, condition] = match;
    if (whole === '#end') {
      if (open.pop() === undefined) return undefined;
    } else if (condition !== undefined) {
      const parts = condition.split('||').map((part) => isTrue(part.trim()));
      if (parts.includes(undefined)) return undefined;
      open.push(parts.includes(true));
    } else if (target !== undefined && assigned !== undefined) {
      const assignment = resolve(assigned.trim());
      const overridden = override.exec(target);
      if (!assignment || !(overridden || /^\$\w+$/.test(target))) return undefined;
      if (!counts()) continue;
      if (!overridden) variables.set(target, assignment.value);
      else if (overridden[1] !== undefined && assignment.value !== undefined)
        result.headers.push([overridden[1], assignment.value]);
      else if (overridden[2] && /^[1-5]\d\d$/.test(assignment.value ?? '')) result.status = Number(assignment.value);
    }
  }
  return open.length === 0 && say(template.slice(read)) ? result : undefined;
}
