/** How many statements a server has run for a load: its own log tells. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";

/** What a server must be started with, so that a database can be told to log its statements. */
export const LOGGED = {
  logging_collector: "on",
  log_destination: "csvlog",
  log_directory: "statements",
  log_filename: "log",
  log_rotation_age: "0",
  log_rotation_size: "0",
} as const;

/** Where `csvlog` has a line's message. */
const MESSAGE = 13;

/** The statements that are in the log of the server with its data in `folder`, as many as there are now. */
export function loggedStatements(folder: string): readonly string[] {
  const place = join(folder, LOGGED.log_directory);
  const files = readdirSync(place).filter((name) => name.endsWith(".csv"));
  return files
    .flatMap((name) => parse(readFileSync(join(place, name))))
    .map((line) => line[MESSAGE] ?? "")
    .filter((message) => /^(?:statement|execute [^:]*):/.test(message));
}
