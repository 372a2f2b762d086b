/** What does not go together among the options that delete rows: no row may be deleted by mistake. Needs no database. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { conflict, modeText } from "../wrong-options.ts";
import { flagOf } from "../flag.ts";
import { commitsOnce } from "../grammar.ts";
import type { DeleteLimit } from "../grammar.ts";
import { modeOf } from "../mode-of.ts";
import { takesRows } from "../nest/missing-rows.ts";
import type { Options } from "../options.ts";

/** Throws OPTION_CONFLICT or OPTION_MISSING. */
export function checkDeletes(options: Options): void {
  checkEmptying(options);
  checkMissing(options);
  checkRecordDeletes(options);
}

/** A record deletes by its key. */
function checkRecordDeletes(options: Options): void {
  if (options.deleteWhen === null) return;
  if (options.anyConstraint) {
    conflict("deleteWhen", "--any-constraint", "a record deletes by one key, which --key names");
  }
  if (modeOf(options) === "insert") {
    conflict("deleteWhen", modeText(options), "a record deletes by its key");
  }
}

/** True where all rows may go: a source without a record is meant. */
function mayDeleteAll(limit: DeleteLimit | null): boolean {
  return limit?.kind === "share" && limit.percent === 100;
}

function checkEmptying(options: Options): void {
  const { truncate, deleteMissing, maxDelete, followAppend } = options;
  if (!truncate) {
    if (maxDelete !== null && !deleteMissing && !takesRows(options.nest)) {
      throw useless("maxDelete", "--truncate or --delete-missing");
    }
    return;
  }
  if (maxDelete !== null && !mayDeleteAll(maxDelete)) {
    throw upsurgeError(
      "OPTION_CONFLICT",
      {
        flag: `--max-delete ${maxDelete.text}`,
        other: "--truncate",
        reason: "it deletes all rows, which is 100%",
      },
      { where: "--max-delete", fix: "pass --max-delete 100%, or leave it out" },
    );
  }
  if (followAppend) {
    conflict("truncate", "--follow-append", "what was added to a file is to be added to the table");
  }
  if (modeOf(options) === "update") {
    conflict("truncate", "--mode update", "an empty table has no row to update");
  }
}

function checkMissing(options: Options): void {
  const { deleteMissing, deleteWhere, deleteSet } = options;
  if (!deleteMissing) {
    if (deleteWhere !== null) throw useless("deleteWhere", "--delete-missing");
    if (deleteSet !== null) throw useless("deleteSet", "--delete-missing");
    return;
  }
  if (deleteSet !== null && deleteWhere === null) {
    throw upsurgeError(
      "OPTION_MISSING",
      {
        flag: "--delete-where",
        reason: "with --delete-set, nothing else says which rows are live, and not marked yet",
      },
      {
        where: "--delete-set",
        fix: `add --delete-where, for example --delete-where "deleted_at is null"`,
      },
    );
  }
  checkKey(options);
  checkWhole(options);
}

/** Rows are missing by their key. */
function checkKey(options: Options): void {
  if (options.anyConstraint) {
    conflict("deleteMissing", "--any-constraint", "rows are missing by one key, which --key names");
  }
  if (modeOf(options) === "insert") {
    conflict("deleteMissing", modeText(options), "rows are missing by their key");
  }
}

/** All records must come in one transaction, from the first to the last. */
function checkWhole({ truncate, limit, followAppend, commit }: Options): void {
  if (truncate) conflict("deleteMissing", "--truncate", "that one has deleted all rows");
  if (limit !== null) {
    conflict("deleteMissing", "--limit", "the rows of the records behind it would be missing");
  }
  if (followAppend) {
    conflict("deleteMissing", "--follow-append", "the rows of the records before would be missing");
  }
  if (commit !== null && !commitsOnce(commit)) {
    const reason = "what is missing is known after the last record, and goes with all of them";
    const rule = typeof commit === "string" ? commit : commit.every;
    conflict("deleteMissing", `--commit ${rule}`, reason);
  }
}

/** For an option that has nothing to do. */
function useless(name: "maxDelete" | "deleteWhere" | "deleteSet", without: string): Error {
  const flag = flagOf(name);
  return upsurgeError(
    "OPTION_CONFLICT",
    { flag, other: `a load without ${without}`, reason: "it deletes no rows" },
    { where: flag, fix: `leave ${flag} out, or add --delete-missing` },
  );
}
