/** The table in a SQLite file: a template file holds the state before a load, and every run starts from a fresh copy of it. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { digestOf, rowsBefore } from "../data/dataset.ts";
import type { Content } from "../data/dataset.ts";
import type { ColumnType } from "../data/shapes.ts";
import type { BenchTarget, Case } from "./bench-target.ts";

const TYPES: Readonly<Record<ColumnType, string>> = {
  bigint: "integer",
  int: "integer",
  numeric: "numeric",
  double: "real",
  date: "text",
  timestamp: "text",
  text: "text",
  boolean: "boolean",
};

/** A SQLite target with its files in `folder`. */
export function openSqlite(folder: string): BenchTarget {
  const place = join(folder, "sqlite");
  mkdirSync(place);
  const template = join(place, "template.db");
  const target = join(place, "target.db");
  return {
    name: "sqlite",
    version: `SQLite ${driverVersion()}`,
    url: target,
    table: "target",
    prepare: async (one) => fillTemplate(template, one),
    restore: async () => {
      removeDatabase(target);
      copyFileSync(template, target);
      spawnSync("sync");
    },
    content: async () => contentOf(target),
    serverCpuSeconds: () => null,
    close: async () => rmSync(place, { recursive: true, force: true }),
  };
}

function fillTemplate(path: string, one: Case): void {
  removeDatabase(path);
  const database = new Database(path);
  const columns = one.data.shape.columns.map(({ name, type }) =>
    name === "id" ? "id integer primary key" : `${name} ${TYPES[type]} not null`,
  );
  database.exec(`create table target (${columns.join(", ")})`);
  const insert = database.prepare(
    `insert into target values (${columns.map(() => "?").join(", ")})`,
  );
  database.transaction(() => {
    for (const row of rowsBefore(one.data, one.workload)) insert.run(row);
  })();
  database.exec("analyze");
  database.close();
}

function contentOf(path: string): Content {
  const database = new Database(path, { readonly: true });
  database.function("digest", { deterministic: true }, (text) => digestOf(String(text)));
  const content = database
    .prepare(
      `select count(*) as rows, coalesce(sum(qty), 0) as sum,
         coalesce(sum(digest(id || '|' || note)), 0) as digest
       from target`,
    )
    .get() as Content;
  database.close();
  return { rows: content.rows, sum: content.sum, digest: content.digest };
}

function driverVersion(): string {
  const database = new Database(":memory:");
  const version = String(database.prepare("select sqlite_version()").pluck().get());
  database.close();
  return version;
}

function removeDatabase(path: string): void {
  for (const end of ["", "-journal", "-wal", "-shm"]) rmSync(path + end, { force: true });
}
