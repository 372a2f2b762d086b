/** A SQLite file of its own for a test file; each case starts from an empty file. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestDatabase } from "./engines.ts";
import { openSqliteFile } from "./sqlite-file.ts";
import type { SqliteFile } from "./sqlite-file.ts";

/** Makes a database file. Nothing of it stays open between calls, so that loads meet no lock. */
export async function openSqlite(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "upsurge-sqlite-"));
  const path = join(folder, "test.db");
  const use = async <T>(work: (db: SqliteFile) => T): Promise<T> => {
    const db = openSqliteFile(path);
    try {
      db.exec("pragma foreign_keys = on; pragma synchronous = off");
      return work(db);
    } finally {
      db.close();
    }
  };
  await use((db) => db.exec("vacuum"));
  return {
    url: `sqlite:${path}`,
    exec: (sql) => use((db) => db.exec(sql)),
    rows: (sql) => use((db) => db.rows(sql).map((row) => row.map(toText))),
    reset: async () => {
      rmSync(path, { force: true });
      await use((db) => db.exec("vacuum"));
    },
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

function toText(value: unknown): string | null {
  if (value === null) return null;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return typeof value === "string" ? value : `${value as number | bigint}`;
}
