/**
 * What people build in Node: csv-parse, and a library that writes 1000 rows a statement, in one transaction.
 * Plain JavaScript, so that its start costs what it would cost anyone.
 * Usage: node postgres.mjs LIBRARY URL SCHEMA FILE upsert|insert
 */
import { createReadStream } from "node:fs";
import { parse } from "csv-parse";
import { Pool } from "pg";

const BATCH_ROWS = 1000;
const TABLE = "target";

const WRITERS = { knex: withKnex, kysely: withKysely, drizzle: withDrizzle };

const [library, url, schema, file, mode] = process.argv.slice(2);
await WRITERS[library]();

/** Hands the file over batch by batch; of two rows with the same key the later one stays, as ON CONFLICT demands. */
async function eachBatch(write) {
  let batch = new Map();
  for await (const row of createReadStream(file).pipe(parse({ columns: true }))) {
    batch.set(row.id, row);
    if (batch.size < BATCH_ROWS) continue;
    await write([...batch.values()]);
    batch = new Map();
  }
  if (batch.size > 0) await write([...batch.values()]);
}

async function withKnex() {
  const { default: knex } = await import("knex");
  const database = knex({ client: "pg", connection: url });
  await database.transaction((transaction) =>
    eachBatch((rows) => {
      const insert = transaction(TABLE).withSchema(schema).insert(rows);
      return mode === "insert" ? insert : insert.onConflict("id").merge();
    }),
  );
  await database.destroy();
}

async function withKysely() {
  const { Kysely, PostgresDialect } = await import("kysely");
  const pool = new Pool({ connectionString: url });
  const database = new Kysely({ dialect: new PostgresDialect({ pool }) });
  await database.transaction().execute((transaction) =>
    eachBatch((rows) => {
      const insert = transaction.withSchema(schema).insertInto(TABLE).values(rows);
      if (mode === "insert") return insert.execute();
      const columns = otherColumns(rows);
      return insert
        .onConflict((conflict) =>
          conflict
            .column("id")
            .doUpdateSet((builder) =>
              Object.fromEntries(columns.map((name) => [name, builder.ref(`excluded.${name}`)])),
            ),
        )
        .execute();
    }),
  );
  await database.destroy();
}

async function withDrizzle() {
  const { drizzle } = await import("drizzle-orm/node-postgres");
  const { pgSchema, text } = await import("drizzle-orm/pg-core");
  const { sql } = await import("drizzle-orm");
  const pool = new Pool({ connectionString: url });
  let table = null;
  await drizzle({ client: pool }).transaction((transaction) =>
    eachBatch((rows) => {
      const columns = otherColumns(rows);
      // The server finds the types of the parameters; for the library every field is text.
      table ??= pgSchema(schema).table(
        TABLE,
        Object.fromEntries(["id", ...columns].map((name) => [name, text(name)])),
      );
      const insert = transaction.insert(table).values(rows);
      if (mode === "insert") return insert;
      const set = Object.fromEntries(columns.map((name) => [name, sql.raw(`excluded."${name}"`)]));
      return insert.onConflictDoUpdate({ target: table.id, set });
    }),
  );
  await pool.end();
}

function otherColumns(rows) {
  return Object.keys(rows[0]).filter((name) => name !== "id");
}
