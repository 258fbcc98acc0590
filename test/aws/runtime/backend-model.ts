import assert from 'node:assert/strict';

/** A field that names a row of another entity. */
interface ModelReference {
  field: string;
  to: string;
  on_delete: 'restrict' | 'cascade' | 'set_null';
}

export interface ModelEntity {
  tenant: boolean;
  fields: readonly string[];
  required: readonly string[];
  unique: readonly string[];
  references: readonly ModelReference[];
}

interface ModelRow {
  id: string;
  tenant: string | undefined;
  values: Record<string, unknown>;
  etag: string;
}

/** What an answer must be. */
export type Expected =
  | { status: 200 | 201; values: Record<string, unknown> }
  | { status: 204 | 304 | 404 | 412 }
  /** One field of these is named, or all of them. */
  | { status: 400 | 409; all?: readonly string[]; oneOf?: readonly string[] };

/** What a caller says of the state in which it knows a row. */
export type IfMatch = 'none' | 'any' | 'current' | 'stale' | 'weak';

/** A backend as one would write it down on paper: maps of rows, and the rules one after the other. */
export class BackendModel {
  readonly #entities: Readonly<Record<string, ModelEntity>>;
  readonly #rows = new Map<string, Map<string, ModelRow>>();

  constructor(entities: Readonly<Record<string, ModelEntity>>) {
    this.#entities = entities;
    for (const name of Object.keys(entities)) this.#rows.set(name, new Map());
  }

  rows(entity: string): ModelRow[] {
    return [...this.#table(entity).values()];
  }

  find(entity: string, id: string, tenant: string): ModelRow | undefined {
    const row = this.#table(entity).get(id);
    return row && (row.tenant === undefined || row.tenant === tenant) ? row : undefined;
  }

  create(entity: string, tenant: string, body: Record<string, unknown>): Expected {
    const of = this.#entity(entity);
    const given = (field: string) => body[field] ?? null;
    const lacking = of.required.filter((field) => given(field) === null);
    if (lacking.length > 0) return { status: 400, all: lacking };
    const refusal = this.#refusal(entity, undefined, tenant, body);
    return refusal ?? { status: 201, values: Object.fromEntries(of.fields.map((field) => [field, given(field)])) };
  }

  update(entity: string, id: string, tenant: string, ifMatch: IfMatch, body: Record<string, unknown>): Expected {
    const cleared = this.#entity(entity).required.filter((field) => body[field] === null);
    if (cleared.length > 0) return { status: 400, all: cleared };
    const row = this.find(entity, id, tenant);
    const refusal = this.#stateOf(row, ifMatch) ?? this.#refusal(entity, id, tenant, body);
    return refusal ?? { status: 200, values: { ...row?.values, ...body } };
  }

  delete(entity: string, id: string, tenant: string, ifMatch: IfMatch): Expected {
    const row = this.find(entity, id, tenant);
    const refusal = this.#stateOf(row, ifMatch);
    if (refusal || row === undefined) return refusal ?? { status: 404 };
    const doomed = this.#doomed(entity, row.id);
    if (this.#referring(doomed, 'restrict').length > 0) return { status: 409 };
    for (const { row: other, field } of this.#referring(doomed, 'set_null')) {
      other.values[field] = null;
      other.etag = 'changed';
    }
    for (const place of doomed) {
      const [name = '', gone = ''] = place.split(' ');
      this.#table(name).delete(gone);
    }
    return { status: 204 };
  }

  /** Notes what a write has made. */
  store(entity: string, id: string, tenant: string, values: Record<string, unknown>, etag: string): void {
    this.#table(entity).set(id, { id, tenant: this.#entity(entity).tenant ? tenant : undefined, values, etag });
  }

  #stateOf(row: ModelRow | undefined, ifMatch: IfMatch): Expected | undefined {
    if (row === undefined) return { status: 404 };
    return ifMatch === 'stale' || ifMatch === 'weak' ? { status: 412 } : undefined;
  }

  /** References first, then what others hold already. */
  #refusal(
    entity: string,
    id: string | undefined,
    tenant: string,
    body: Record<string, unknown>,
  ): Expected | undefined {
    const of = this.#entity(entity);
    const wrong = of.references.filter(({ field, to }) => {
      const target = body[field] ?? null;
      return target !== null && this.find(to, String(target), tenant) === undefined;
    });
    if (wrong.length > 0) return { status: 400, all: wrong.map(({ field }) => field) };
    const taken = of.unique.filter((field) => {
      const value = body[field] ?? null;
      const holders = this.rows(entity).filter((row) => row.values[field] === value && row.id !== id);
      return value !== null && holders.some((row) => row.tenant === undefined || row.tenant === tenant);
    });
    return taken.length > 0 ? { status: 409, oneOf: taken } : undefined;
  }

  /** The row and all that cascades take along. */
  #doomed(entity: string, id: string): Set<string> {
    const doomed = new Set([`${entity} ${id}`]);
    for (let before = 0; before < doomed.size; ) {
      before = doomed.size;
      for (const { name, row } of this.#referring(doomed, 'cascade')) doomed.add(`${name} ${row.id}`);
    }
    return doomed;
  }

  /** Rows that stay and refer to one that goes. */
  #referring(doomed: ReadonlySet<string>, on_delete: ModelReference['on_delete']) {
    return Object.entries(this.#entities).flatMap(([name, { references }]) =>
      references
        .filter((reference) => reference.on_delete === on_delete)
        .flatMap(({ field, to }) =>
          this.rows(name)
            .filter((row) => doomed.has(`${to} ${row.values[field]}`) && !doomed.has(`${name} ${row.id}`))
            .map((row) => ({ name, row, field })),
        ),
    );
  }

  #table(entity: string): Map<string, ModelRow> {
    const table = this.#rows.get(entity);
    assert.ok(table);
    return table;
  }

  #entity(name: string): ModelEntity {
    const entity = this.#entities[name];
    assert.ok(entity);
    return entity;
  }
}
