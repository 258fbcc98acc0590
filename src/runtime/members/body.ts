import { type FieldError, invalid, type Problem } from '../answer.ts';
import { readBody } from '../body.ts';
import type { Call } from '../event.ts';
import { own } from '../json.ts';
import { normalizedAddress } from './address.ts';
import type { Team } from './team.ts';

/** The body of an invitation, or what is wrong with it, field by field. */
export function readInvitation(team: Team, call: Call): { kind: 'invitation'; email: string; role: string } | Problem {
  const read = readBody(call);
  if (read.kind === 'problem') return read;
  const errors = unknownFields(team, read.body, ['email', 'role']);
  const email = required(read.body, 'email', errors, (value) => {
    const address = typeof value === 'string' ? normalizedAddress(value) : undefined;
    return address ?? { message: 'must be an email address such as anna@example.com' };
  });
  const role = readRole(team, read.body, errors);
  if (email === undefined || role === undefined || errors.length > 0) return invalid(errors);
  return { kind: 'invitation', email, role };
}

/** The body that gives a member another role. */
export function readNewRole(team: Team, call: Call): { kind: 'role'; role: string } | Problem {
  const read = readBody(call);
  if (read.kind === 'problem') return read;
  const errors = unknownFields(team, read.body, ['role']);
  const role = readRole(team, read.body, errors);
  if (role === undefined || errors.length > 0) return invalid(errors);
  return { kind: 'role', role };
}

function readRole(team: Team, body: unknown, errors: FieldError[]): string | undefined {
  return required(body, 'role', errors, (value) =>
    typeof value === 'string' && team.roles.includes(value)
      ? value
      : { message: `must be one of ${team.roles.join(', ')}` },
  );
}

function required(
  body: unknown,
  field: string,
  errors: FieldError[],
  read: (value: unknown) => string | { message: string },
): string | undefined {
  const given = own(body, field);
  const value = given === undefined || given === null ? { message: 'is required' } : read(given);
  if (typeof value === 'string') return value;
  errors.push({ field, message: value.message });
  return undefined;
}

function unknownFields(team: Team, body: object, known: readonly string[]): FieldError[] {
  return Object.keys(body).flatMap((name) => {
    if (known.includes(name)) return [];
    const message = team.entity.fields.has(name) ? 'is set by the backend' : `is not a field of ${team.entity.name}`;
    return [{ field: name.slice(0, 100), message }];
  });
}
