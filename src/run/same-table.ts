/** Refuses loads that get into each other's way: over one table, or over one file of rejects. Pure. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import { allowsRejects } from "../options/grammar.ts";
import { withoutNumber } from "./find-tables.ts";
import type { TableLoad } from "./find-tables.ts";

/** Layers may each have a load for a table; so may a manifest, in which they come as they are written. */
export function refuseTwice(loads: readonly TableLoad[]): void {
  const known = new Map<string, TableLoad>();
  for (const load of loads) {
    const key = JSON.stringify([load.layer, load.tableName]);
    const other = known.get(key);
    if (other !== undefined) {
      const folder = withoutNumber(load.stem ?? "");
      const details = { one: other.path, other: load.path, table: load.tableName, folder };
      throw upsurgeError("RUN_SAME_TABLE", details, { where: load.path });
    }
    known.set(key, load);
  }
  const ofTable = new Map<string, TableLoad[]>(loads.map(({ tableName }) => [tableName, []]));
  for (const load of loads) ofTable.get(load.tableName)?.push(load);
  const besides = new Map<string, TableLoad>();
  for (const load of loads) {
    refuseDeletes(load, ofTable.get(load.tableName) ?? []);
    const file = keepsNextTo(load);
    if (file === null) continue;
    refuseOneRejectFile(load, file, besides.get(file));
    if (!besides.has(file)) besides.set(file, load);
  }
}

/** The source that rejects would be kept next to; `null`: none. */
function keepsNextTo({ options, sources: [first] }: TableLoad): string | null {
  return options.rejectFile === null && allowsRejects(options.maxRejects) ? (first ?? null) : null;
}

/** Rejects are kept next to the first source, by its name: two loads of one file would keep them in the same. */
function refuseOneRejectFile(load: TableLoad, file: string, other: TableLoad | undefined): void {
  if (other === undefined) return;
  if (load.origin === null) {
    const reason = "the rejects of both would be kept in one file next to it";
    throw upsurgeError(
      "OPTION_CONFLICT",
      { flag: "--max-rejects", other: `two loads of ${file}`, reason },
      { where: load.path, fix: "name each folder once, or leave --max-rejects out" },
    );
  }
  const details = {
    name: "reject-file",
    reason: `rejects of ${file} are kept next to it, and the loads into ${other.tableName} and ${load.tableName} both read it`,
    suggestion: "add reject-file: FILE to one of the two",
  };
  throw upsurgeError("MANIFEST_MISSING", details, { where: load.origin.place });
}

/** What one load leaves, another one of the table must not take for missing, nor empty the table after it. */
function refuseDeletes(load: TableLoad, ofTable: readonly TableLoad[]): void {
  const { options, tableName: table } = load;
  const where = load.origin?.place;
  const [earlier] = ofTable.slice(0, ofTable.indexOf(load));
  if (options.truncate && earlier !== undefined) {
    const details = {
      one: load.path,
      other: earlier.path,
      table,
      reason: "truncate empties the table after an earlier load of the run has filled it",
      suggestion: `put truncate into the first load of ${table}, or both files into one load: from: [ … ]`,
    };
    throw upsurgeError("RUN_TABLE_TWICE", details, { where });
  }
  const other = ofTable.find((each) => each !== load);
  if (options.deleteMissing && options.deleteWhere === null && other !== undefined) {
    const details = {
      one: load.path,
      other: other.path,
      table,
      reason: "with --delete-missing, rows whose key its own files do not have are missing",
      suggestion:
        load.origin === null
          ? `put both files into one folder called ${withoutNumber(load.stem ?? "")}, which is one load, or leave --delete-missing out`
          : "put both files into one load: from: [ … ]; or say with delete-where which rows are its own",
    };
    throw upsurgeError("RUN_TABLE_TWICE", details, { where: where ?? load.path });
  }
}
