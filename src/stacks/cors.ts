import type { TemplateValue } from './template.ts';

type Headers = Record<string, TemplateValue>;

const requestHeaders = 'Authorization,Content-Type,If-Match,If-None-Match';

/** An origin that can be written into a header and a mapping template: scheme and host, or a star. */
export function isOrigin(text: string): boolean {
  return text === '*' || /^https?:\/\/[A-Za-z0-9.*-]+(?::[0-9]{1,5})?$/.test(text);
}

/**
 * The answer to a browser's preflight, without a function. With several origins the one that asks is sent back when it
 * is on the list; the header can only name one.
 */
export function preflight(origins: readonly string[], methods: readonly string[]): TemplateValue {
  const allowed = [...methods, 'OPTIONS'].join(',');
  const names = ['Access-Control-Allow-Headers', 'Access-Control-Allow-Methods', 'Access-Control-Max-Age'];
  const single = singleOrigin(origins);
  const template = single === undefined ? originTemplate(origins) : '';
  const values: Headers = {
    'method.response.header.Access-Control-Allow-Headers': `'${requestHeaders}'`,
    'method.response.header.Access-Control-Allow-Methods': `'${allowed}'`,
    'method.response.header.Access-Control-Max-Age': "'600'",
    ...(single === undefined
      ? { 'method.response.header.Vary': "'Origin'" }
      : { 'method.response.header.Access-Control-Allow-Origin': `'${single}'` }),
  };
  names.push(single === undefined ? 'Vary' : 'Access-Control-Allow-Origin');
  return {
    responses: {
      '204': {
        description: 'Preflight',
        headers: Object.fromEntries(names.map((name) => [name, { schema: { type: 'string' } }])),
      },
    },
    'x-amazon-apigateway-integration': {
      type: 'mock',
      requestTemplates: { 'application/json': '{"statusCode":204}' },
      passthroughBehavior: 'when_no_match',
      responses: {
        default: { statusCode: '204', responseParameters: values, responseTemplates: { 'application/json': template } },
      },
    },
  };
}

/** The one origin that an answer can name; undefined where it depends on who asks. */
export function singleOrigin(origins: readonly string[]): string | undefined {
  if (origins.includes('*')) return '*';
  return origins.length === 1 ? origins[0] : undefined;
}

/** Header names arrive in lower case over HTTP/2. */
function originTemplate(origins: readonly string[]): string {
  const isAllowed = origins.map((origin) => `$origin == "${origin}"`).join(' || ');
  return [
    '#set($origin = $input.params().header.get("origin"))',
    '#if(!$origin)#set($origin = $input.params().header.get("Origin"))#end',
    `#if(${isAllowed})#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)#end`,
  ].join('');
}
