/**
 * What a table holds besides the rows of its entity. Names of fields begin with a letter, so nothing here can meet one.
 */

/** Partition keys of rows that are Backdrift's own (the claim of a unique value) begin so: no caller gives or finds one. */
export const reservedKeyPrefix = '_backdrift#';

/** Attributes of a row that are Backdrift's own begin so, and are never shown. */
export const ownAttributePrefix = '_';
