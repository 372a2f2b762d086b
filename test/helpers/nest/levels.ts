/** A nested load, as a value: the table and the options of each level, and how it hangs together with the level above. */

/** A value as the tables hold it: text, or NULL. */
export type Value = string | null;

/** A row of a table, all columns by name. */
export type Row = Record<string, Value>;

/** A record, or a row within one, as JSON has it. */
export interface Graph {
  readonly [member: string]: Json;
}

/** What a member of a record holds. */
export type Json = string | number | null | Graph | readonly Json[];

/** A condition on an update: as SQL, and what it says of the row that is there and the one that comes. */
export interface Condition {
  readonly sql: string;
  readonly holds: (target: Row, incoming: Row) => boolean;
}

/** What becomes of children that a record does not mention. */
export type Missing =
  | "keep"
  | "delete"
  | "unlink"
  | { readonly column: string; readonly value: string };

/** The options of a level. */
export interface Level {
  readonly table: string;
  /** Empty in mode insert. */
  readonly key: readonly string[];
  readonly mode: "upsert" | "ignore" | "insert" | "update" | "find";
  readonly where?: Condition;
  readonly nests: readonly Nest[];
}

/** A level below another. */
export interface Nest extends Level {
  readonly member: string;
  readonly relation: "array" | "object";
  /** Columns of the table that refers, and what they refer to: of an array the children's, of an object the parent's. */
  readonly link: Readonly<Record<string, string>>;
  readonly missing?: Missing;
  readonly when?: "always" | "written";
  /** A row whose member `op` is `d` deletes that of its key. */
  readonly deletes?: boolean;
  /** The column that takes the index, and the index of the first. */
  readonly position?: { readonly column: string; readonly from: number };
  /** A link table: the elements are rows of the table behind it, whole or by the one column that names them. */
  readonly through?: Through;
}

/** The table behind a link table. */
export interface Through {
  readonly table: string;
  /** The column that a scalar fills. */
  readonly column: string;
  readonly mode: Level["mode"];
  /** Columns of the link table, and what they refer to. */
  readonly link: Readonly<Record<string, string>>;
}

/** What became of a row. */
export type Fate =
  | "inserted"
  | "updated"
  | "unchanged"
  | "ignored"
  | "skipped"
  | "rejected"
  | "dropped"
  | "deleted"
  | "removed";

/** True for a JSON object. */
export function isGraph(value: Json | undefined): value is Graph {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Columns of a level that the levels around it and its place among others fill, not its record. */
export function columnsTaken(level: Level): ReadonlySet<string> {
  const own = isNest(level) ? level : null;
  const linked = own?.relation === "array" ? Object.keys(own.link) : [];
  const below = level.nests.flatMap((nest) =>
    nest.relation === "object" ? Object.keys(nest.link) : [],
  );
  const position = own?.position === undefined ? [] : [own.position.column];
  return new Set([...linked, ...below, ...position]);
}

/** True for a level below another. */
export function isNest(level: Level): level is Nest {
  return "relation" in level;
}

/** True for a record of a level that deletes the row of its key. */
export function isDeleting(level: Level, record: Json): boolean {
  return isNest(level) && level.deletes === true && isGraph(record) && record["op"] === "d";
}
