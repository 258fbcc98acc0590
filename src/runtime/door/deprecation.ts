import type { DoorRoute } from '../../stacks/door-model.ts';

/**
 * The headers that tell callers to move away. `Deprecation` is a date (RFC 9745); the Blueprint knows only that the day
 * has come, so it is the beginning of time. `Sunset` (RFC 8594) is the last second of the day on which the route is
 * still promised.
 */
export function announcements({ deprecated, sunset }: DoorRoute): Record<string, string> {
  const end = sunset === undefined ? Number.NaN : Date.parse(`${sunset}T23:59:59Z`);
  return {
    ...(deprecated ? { deprecation: '@0' } : {}),
    ...(Number.isNaN(end) ? {} : { sunset: new Date(end).toUTCString() }),
  };
}
