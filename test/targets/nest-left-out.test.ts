/** Rows of nested loads that are refused wherever they are written, and are left out: by `when: written`, and with an unmatched row. */
import { describe, expect, test } from "vitest";
import { nestEngines, useDatabase } from "../helpers/engines.ts";
import { ANY_WAY, NestShell } from "../helpers/nest/nest-shell.ts";

describe.each(nestEngines())("rows that are left out on $title", (engine) => {
  const shell = new NestShell(useDatabase(engine));
  const strict = engine.name === "sqlite" ? " strict" : "";

  test.each([1, 100])("stand against no record: %i records a batch", async (batchRows) => {
    await shell.start(
      `create table orders (id int not null primary key, v int)${strict}`,
      `create table lines (order_id int not null references orders (id), line_no int not null, qty int, primary key (order_id, line_no))${strict}`,
      `create table notes (order_id int not null references orders (id), n int not null check (n < 8), primary key (order_id, n))${strict}`,
      "insert into orders (id, v) values (1, 1)",
    );
    const bad = '"lines":[{"line_no":1,"qty":"abc"}],"notes":[]';
    const written = [
      "--nest",
      "lines: { table: lines, key: [order_id, line_no], when: written }",
      "--nest",
      "notes: { table: notes, key: [order_id, n] }",
    ];
    const way = { ...ANY_WAY, batchRows };
    const lines = ['{"id":1,"v":2,"lines":[],"notes":[{"n":9}]}', `{"id":1,"v":1,${bad}}`];
    const ran = await shell.load(lines, "orders", { flags: ["--key", "id", ...written], way });
    expect([ran.exit, ran.counts], ran.output).toEqual([
      3,
      {
        orders: { unchanged: 1, rejected: 1 },
        lines: { skipped: 1 },
        notes: { rejected: 1 },
      },
    ]);
    expect(ran.rejects.map(({ record }) => record)).toEqual([1]);
  });

  test.each([1, 100])("nor do those of an unmatched row: %i records a batch", async (batchRows) => {
    await shell.start(
      `create table owners (id int not null primary key, n int check (n < 8))${strict}`,
      `create table pets (id int not null primary key, owner_id int references owners (id))${strict}`,
      `create table visits (pet_id int not null, n int not null, cost int, primary key (pet_id, n))${strict}`,
    );
    const flags = ["--key", "id", "--mode", "update", "--nest"];
    flags.push("visits: { table: visits, key: [pet_id, n], link: { pet_id: id } }");
    flags.push("--nest", "owner: { table: owners, key: id }");
    const way = { ...ANY_WAY, batchRows };
    const lines = [
      '{"id":1,"owner":{"id":1,"n":9},"visits":[]}',
      '{"id":2,"owner":{"id":2,"n":1},"visits":[{"n":1,"cost":"abc"}]}',
    ];
    const ran = await shell.load(lines, "pets", { flags, way });
    expect([ran.exit, ran.counts], ran.output).toEqual([
      3,
      {
        pets: { skipped: 1, rejected: 1 },
        visits: { skipped: 1 },
        owner: { inserted: 1, rejected: 1 },
      },
    ]);
    expect(ran.rejects.map(({ record }) => record)).toEqual([1]);
  });
});
