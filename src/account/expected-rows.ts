/** The number of records that a load must read, where one was given. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import { plural } from "../errors/format.ts";

/** Throws `SOURCE_ROWS` when more than `expected` records were read; with `all` of them read, also when fewer were. */
export function checkRows(expected: number | null, read: number, all: boolean): void {
  if (expected === null || read === expected || (read < expected && !all)) return;
  const found = plural(read, "record");
  const what = read < expected ? `only ${found}` : `${found}${all ? "" : " and more"}`;
  throw upsurgeError("SOURCE_ROWS", { what, expected }, { where: "--expect-rows" });
}
