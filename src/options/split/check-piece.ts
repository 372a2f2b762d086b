/** What the load of one piece cannot do, because the other pieces are loaded at the same time. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { flagOf } from "../flag.ts";
import type { OptionName, Options } from "../options.ts";

const BEFORE = "run it by itself before the pieces are loaded";
const AFTER = "run it by itself once all pieces are loaded";
const ONCE = "it is done once for all pieces, not by each";

/** What is done for all records, and what to do about it. */
const ALONE: readonly (readonly [name: OptionName, reason: string, fix: string])[] = [
  ["create", ONCE, "create the table before the pieces are loaded: `upsurge plan --create --ddl`"],
  ["alter", ONCE, "add the columns before the pieces are loaded: `upsurge plan --alter --ddl`"],
  ["truncate", ONCE, "empty the table before the pieces are loaded"],
  ["before", ONCE, BEFORE],
  ["after", ONCE, AFTER],
  ["syncSequences", ONCE, "move the sequences once all pieces are loaded"],
  [
    "deleteMissing",
    "the rows of the other pieces would count as missing",
    "load the sources as they are, without --piece",
  ],
  [
    "late",
    "what is set after the last record waits for all pieces",
    "load the sources as they are, without --piece",
  ],
];

/** Throws `OPTION_CONFLICT`. */
export function checkPiece(options: Options): void {
  if (!options.piece) return;
  if (options.shard !== null) {
    const reason = "a piece is loaded whole by one process, and a shard reads whole sources";
    const details = { flag: "--piece", other: "--shard", reason };
    throw upsurgeError("OPTION_CONFLICT", details, { where: "--piece" });
  }
  for (const [name, reason, fix] of ALONE) {
    const value = options[name];
    if (value === null || value === false) continue;
    const flag = flagOf(name);
    const details = { flag, other: "--piece", reason };
    throw upsurgeError("OPTION_CONFLICT", details, { where: flag, fix });
  }
}
