import { entityPlural } from './naming.ts';
import type { TextRange } from './problem.ts';
import type { ResourceDocument } from './schema.ts';

export type PathReading =
  | { ok: true; segments: RouteSegment[] }
  | { ok: false; message: string; hint: string /** Inside the path. */; span: TextRange; better?: string };

export type RouteSegment = { kind: 'literal'; text: string } | { kind: 'parameter'; name: string };

/** Where the routes of a resource begin: as written, or the plural of the entity. */
export function basePathOf(resource: Pick<ResourceDocument, 'entity' | 'base_path'>): string {
  return resource.base_path ?? `/${entityPlural(resource.entity)}`;
}

/**
 * Reads the path of a route: `/v1/tasks/{id}/complete`. Literal segments hold letters, digits and `-._~`; parameters
 * are a whole segment in braces, as API Gateway wants them.
 */
export function readPath(path: string): PathReading {
  const whole = { start: 0, end: path.length };
  if (!path.startsWith('/')) {
    const better = /^[A-Za-z0-9]/.test(path) && !path.includes('://') ? `/${path.replace(/\/+$/, '')}` : undefined;
    return {
      ok: false,
      message: 'A path begins with `/`.',
      hint: `Write \`${better ?? '/v1/…'}\`.`,
      span: whole,
      ...(better && { better }),
    };
  }
  if (path.length > 1 && path.endsWith('/')) {
    const better = path.replace(/\/+$/, '') || '/';
    const span = { start: path.length - 1, end: path.length };
    return { ok: false, message: 'A path does not end with `/`.', hint: `Write \`${better}\`.`, span, better };
  }
  if (path === '/') {
    return {
      ok: false,
      message: 'A path names something under `/`.',
      hint: 'Write a path such as `/tasks`.',
      span: whole,
    };
  }
  const segments: RouteSegment[] = [];
  const seen = new Set<string>();
  let at = 1;
  for (const text of path.slice(1).split('/')) {
    const span = { start: at, end: Math.max(at + text.length, at) };
    at += text.length + 1;
    if (text === '') {
      return {
        ok: false,
        message: 'A path has no empty parts.',
        hint: 'Remove the second `/`.',
        span: { start: span.start - 1, end: span.end },
      };
    }
    const parameter = /^\{([^{}]*)\}$/.exec(text)?.[1];
    if (parameter !== undefined) {
      if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(parameter)) {
        return {
          ok: false,
          message: `\`${text}\` is not a path parameter.`,
          hint: 'Write a name in braces: letters, digits, _ and -, such as `{id}`.',
          span,
        };
      }
      if (seen.has(parameter)) {
        return {
          ok: false,
          message: `The path has two parameters called \`${parameter}\`.`,
          hint: 'Give each a name of its own.',
          span,
        };
      }
      seen.add(parameter);
      segments.push({ kind: 'parameter', name: parameter });
      continue;
    }
    const express = /^:([A-Za-z][A-Za-z0-9_]*)$/.exec(text)?.[1];
    if (express !== undefined) {
      const better = path.replace(`/:${express}`, `/{${express}}`);
      return { ok: false, message: 'Parameters are written in braces.', hint: `Write \`{${express}}\`.`, span, better };
    }
    if (/[{}]/.test(text)) {
      return {
        ok: false,
        message: `\`${text}\`: a parameter fills a whole part of the path.`,
        hint: 'Write `/{id}/` between two slashes.',
        span,
      };
    }
    if (!/^[A-Za-z0-9._~-]+$/.test(text)) {
      return {
        ok: false,
        message: `\`${text}\` holds signs that a path cannot have.`,
        hint: 'Use letters, digits, `-`, `.`, `_` and `~`.',
        span,
      };
    }
    segments.push({ kind: 'literal', text });
  }
  return { ok: true, segments };
}

/** What makes two paths the same route: parameters count by their place, not by their name. */
export function routeKey(segments: readonly RouteSegment[]): string {
  return segments.map((segment) => (segment.kind === 'literal' ? `/${segment.text}` : '/{}')).join('');
}
