export interface SiteFile {
  content: Uint8Array;
  type: string;
  etag: string;
}

/** Files by path, each beginning with `/`. */
export type Site = ReadonlyMap<string, SiteFile>;

/** A rewrite or redirect of an app. https://docs.aws.amazon.com/amplify/latest/userguide/redirects.html */
export interface CustomRule {
  source: string;
  target: string;
  /** 200 rewrites, 301 and 302 redirect, 404 answers with the target as the error page, 404-200 rewrites what is not there. */
  status?: string | undefined;
}

export type Answer =
  | { kind: 'file'; status: number; file: SiteFile }
  | { kind: 'redirect'; status: number; location: string }
  | { kind: 'nothing' };

/** What a site answers for a path (decoded, beginning with `/`). Rules are tried from the top, the first match decides. */
export function answerFor(site: Site, rules: readonly CustomRule[], path: string): Answer {
  const found = fileAt(site, path);
  for (const rule of rules) {
    const status = rule.status ?? '302';
    const onlyMissing = status === '404' || status === '404-200';
    if (onlyMissing && found) continue;
    const target = matched(rule, path);
    if (target === undefined) continue;
    if (status === '301' || status === '302') return { kind: 'redirect', status: Number(status), location: target };
    const file = fileAt(site, target);
    if (file) return { kind: 'file', status: status === '404' ? 404 : 200, file };
  }
  if (found) return { kind: 'file', status: 200, file: found };
  const page = site.get('/404.html');
  return page ? { kind: 'file', status: 404, file: page } : { kind: 'nothing' };
}

function fileAt(site: Site, path: string): SiteFile | undefined {
  if (path.endsWith('/')) return site.get(`${path}index.html`);
  return site.get(path) ?? site.get(`${path}/index.html`);
}

/** The rule's target for the path, with what its placeholders stood for; undefined when the rule is not about it. */
function matched(rule: CustomRule, path: string): string | undefined {
  const pattern = sourcePattern(rule.source);
  const match = pattern?.exec(path);
  if (!match) return undefined;
  return rule.target.replace(/<([A-Za-z0-9_*-]+)>/g, (whole, name: string) => {
    const value = match.groups?.[name === '*' ? 'rest' : name];
    return value ?? whole;
  });
}

/** `</regular expression/>`, or a path with `<*>` for any rest and `<name>` for one segment. */
function sourcePattern(source: string): RegExp | undefined {
  const expression = /^<\/(.*)\/>$/s.exec(source)?.[1];
  if (expression !== undefined) {
    try {
      return new RegExp(expression);
    } catch {
      // A rule that is no expression matches nothing; Amplify accepts it as well.
      return undefined;
    }
  }
  const parts = source.split(/(<[A-Za-z0-9_*-]+>)/).map((part) => {
    if (part === '<*>') return '(?<rest>.*)';
    const name = /^<([A-Za-z_][A-Za-z0-9_]*)>$/.exec(part)?.[1];
    return name ? `(?<${name}>[^/]+)` : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  try {
    return new RegExp(`^${parts.join('')}$`);
  } catch {
    return undefined;
  }
}

const types: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  gif: 'image/gif',
  html: 'text/html; charset=utf-8',
  htm: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  map: 'application/json',
  mjs: 'text/javascript; charset=utf-8',
  mp4: 'video/mp4',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  wasm: 'application/wasm',
  webmanifest: 'application/manifest+json',
  webp: 'image/webp',
  avif: 'image/avif',
  woff: 'font/woff',
  woff2: 'font/woff2',
  xml: 'application/xml',
};

/** The media type of a file by its name. */
export function contentType(name: string): string {
  const extension = /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(types, extension) ? (types[extension] ?? '') : 'application/octet-stream';
}
