/** The key of a load that names none, by what its source has: the primary key, else the one unique key that is there whole. Pure. */
import { describeKey } from "../errors/key-flags.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { TableShape } from "../model/table-shape.ts";
import { plainKeys, wholeKeys } from "../plan/key/whole-keys.ts";
import { tableLabel } from "../plan/names.ts";
import type { LoadOrigin } from "./run-load.ts";

/** Where a key is looked for. */
export interface SourceKeyRequest {
  readonly shape: TableShape;
  /** The columns that fields of the source fill. */
  readonly columns: ReadonlySet<string>;
  /** For messages. */
  readonly source: string;
  /** Where the load may name a key; `null`: nowhere. */
  readonly origin: LoadOrigin | null;
}

/** The columns of the key; `null`: the primary key. Throws `RUN_NO_KEY`. */
export function keyOfSource({ shape, columns, source, origin }: SourceKeyRequest): string[] | null {
  const usable = plainKeys(shape);
  const whole = wholeKeys(shape, columns);
  if (whole.some(({ primary }) => primary)) return null;
  const [only, ...others] = whole;
  if (only !== undefined && others.length === 0) return only.columns.map((name) => name ?? "");
  const table = tableLabel(shape);
  const keys = usable.map(describeKey).join("; ");
  if (only !== undefined) {
    const title = `${source} has several keys of ${table}, and nothing says which one finds its rows`;
    const reason = `it has these whole: ${whole.map(describeKey).join("; ")}`;
    const suggestion =
      origin !== null
        ? `say which with key: in the load at ${origin.place}`
        : "leave the columns of all but one out of the file, or add those of the primary key";
    throw upsurgeError(
      "RUN_NO_KEY",
      { source, table, reason, suggestion },
      { title, where: origin?.place ?? source },
    );
  }
  const isView = shape.kind === "view";
  const none = isView ? "a view has no keys" : "the table has no key that can find rows";
  const reason = usable.length === 0 ? none : `its keys are ${keys}`;
  const suggestion =
    usable.length > 0
      ? "add the columns of one of them to the file"
      : isView
        ? namedKey(origin)
        : "give the table a primary key or a unique index";
  const where = origin?.place ?? source;
  throw upsurgeError("RUN_NO_KEY", { source, table, reason, suggestion }, { where });
}

/** The columns that find the rows of a view can be named where there is a place for them. */
function namedKey(origin: LoadOrigin | null): string {
  return origin === null
    ? "name the columns that find its rows with --key"
    : `name the columns that find its rows with key: in the load at ${origin.place}`;
}
