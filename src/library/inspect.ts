/** `inspect` as a function: what a file, a table or a database is. Reads only. */
import { inspect as inspectAny } from "../commands/inspect.ts";
import type { Environment } from "../model/environment.ts";
import type { Inspection } from "../model/report/inspection.ts";
import { optionsFrom } from "./options.ts";
import type { GivenOptions } from "./options.ts";

/** The options of `inspect`: how a file is read, or `to` and `table`. */
export type InspectOptions = GivenOptions<"inspect"> & {
  /** In place of the process's: libpq's variables and the like. */
  readonly environment?: Environment;
};

/** Inspects a file, or with `{ to, table }` alone a table, with `{ to }` a database. Throws an `UpsurgeError`. */
export async function inspect(
  source: string | InspectOptions,
  options: InspectOptions = {},
): Promise<Inspection> {
  const given = typeof source === "string" ? options : source;
  const { environment = process.env } = given;
  const path = typeof source === "string" ? source : null;
  const sources = path === null ? [] : [path];
  const read = await optionsFrom("inspect", given, { environment, sources });
  return await inspectAny(path, read, { stdin: process.stdin, environment });
}
