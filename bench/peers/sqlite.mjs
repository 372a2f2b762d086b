/**
 * What people build in Node: csv-parse, and one prepared upsert per row, in one transaction.
 * Usage: node sqlite.mjs DATABASE FILE upsert|insert
 */
import { createReadStream } from "node:fs";
import Database from "better-sqlite3";
import { parse } from "csv-parse";

const [path, file, mode] = process.argv.slice(2);
const database = new Database(path);
let statement = null;
database.exec("begin");
for await (const row of createReadStream(file).pipe(parse({ columns: true }))) {
  statement ??= prepare(Object.keys(row));
  statement.run(Object.values(row));
}
database.exec("commit");
database.close();

function prepare(names) {
  const insert = `insert into target (${names}) values (${names.map(() => "?")})`;
  if (mode === "insert") return database.prepare(insert);
  const updates = names.filter((name) => name !== "id").map((name) => `${name} = excluded.${name}`);
  return database.prepare(`${insert} on conflict (id) do update set ${updates}`);
}
