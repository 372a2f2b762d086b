/**
 * What nesting costs: the same rows as nested records and as flat NDJSON files, parents first, each load as a whole process.
 * `npx tsx bench/nested.ts [RECORDS]`; the tables of both must be equal, and the statements in PostgreSQL's log few.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { Client } from "pg";
import { startEmbedded } from "../test/helpers/embedded-postgres.ts";
import { NESTED_CASES, nestedFiles } from "./data/nested.ts";
import type { NestedCase } from "./data/nested.ts";
import { makeRunFolder } from "./rig/folders.ts";
import { measure } from "./rig/measure.ts";
import type { Command } from "./rig/measure.ts";
import { warnIfBusy } from "./rig/report.ts";
import { loggedStatements } from "./rig/statements.ts";
import { median } from "./rig/table.ts";
import { ensureBuild, UPSURGE } from "./rig/tools.ts";

const ROUNDS = 3;
const RECORDS = Number(process.argv[2] ?? "100000");
const BATCH_ROWS = 5000;
/** Statements for each level and batch. */
const STATEMENTS = 8;

/** A database that both load into. */
interface Side {
  readonly name: string;
  readonly url: string;
  run(sql: string): Promise<void>;
  rows(sql: string): Promise<unknown>;
  /** The statements that a load has run; `null` where nothing tells them. */
  statementsOf(load: () => Promise<void>): Promise<number | null>;
  close(): Promise<void>;
}

ensureBuild();
warnIfBusy();
const folder = makeRunFolder();
const sides: Side[] = [];
try {
  sides.push(await postgres(), sqlite());
  console.log("| what | flat s | nested s | nested / flat | at most | statements | at most |");
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  for (const side of sides) for (const one of NESTED_CASES) console.log(await row(side, one));
} finally {
  for (const side of sides) await side.close();
  rmSync(folder, { recursive: true, force: true });
}

/** Flat and nested in turn, and once more for the log. */
async function row(side: Side, one: NestedCase): Promise<string> {
  const { nested, flat } = await nestedFiles(one, RECORDS);
  const into = ["--to", side.url, "--json"];
  const nesting = ["--table", one.root, "--key", one.key, "--nest", one.nest];
  const commands = {
    flat: upsurge("run", flat, ...into),
    nested: upsurge("load", nested, ...into, ...nesting),
  };
  const walls: Record<keyof typeof commands, number[]> = { flat: [], nested: [] };
  const held: Record<keyof typeof commands, string> = { flat: "", nested: "" };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const way of ["flat", "nested"] as const) {
      await restore(side, one);
      walls[way].push((await measure(commands[way])).usage.wallSeconds);
      held[way] = await contentOf(side, one);
    }
    if (held.flat !== held.nested)
      throw new Error(`${one.name}: the tables differ\n${held.flat}\n${held.nested}`);
  }
  const ratios = walls.nested.map((seconds, at) => seconds / (walls.flat[at] ?? Number.NaN));
  const counted = await statements(side, one, commands.nested);
  const cells = [
    `${side.name}, ${one.name}`,
    median(walls.flat).toFixed(2),
    median(walls.nested).toFixed(2),
    median(ratios).toFixed(2),
    one.limit.toFixed(1),
    ...counted,
  ];
  return `| ${cells.join(" | ")} |`;
}

/** How many statements a nested load has run, and may run. */
async function statements(
  side: Side,
  one: NestedCase,
  nested: Command,
): Promise<readonly string[]> {
  await restore(side, one);
  const batches = ["--batch-rows", String(BATCH_ROWS)];
  const found = await side.statementsOf(async () => {
    await measure({ ...nested, args: [...nested.args, ...batches] });
  });
  if (found === null) return ["–", "–"];
  const limit = STATEMENTS * one.tables.length * Math.ceil(RECORDS / BATCH_ROWS);
  return [String(found), String(limit)];
}

function upsurge(...words: readonly string[]): Command {
  return { program: process.execPath, args: [UPSURGE, ...words] };
}

async function restore(side: Side, { tables }: NestedCase): Promise<void> {
  for (const [name] of tables.toReversed()) await side.run(`drop table if exists ${name}`);
  for (const [name, columns] of tables) await side.run(`create table ${name} (${columns})`);
}

/** What the tables hold, in numbers that do not depend on the order of rows. */
async function contentOf(side: Side, { tables }: NestedCase): Promise<string> {
  const contents = [];
  for (const [name, columns] of tables) {
    const numbers = [...columns.matchAll(/(\w+) (?:big)?int\b/g)].map(([, column]) => column);
    const texts = [...columns.matchAll(/(\w+) varchar/g)].map(([, column]) => column);
    const sums = numbers.map((column) => `sum(${column} * (1 + ${numbers[0]} % 7))`);
    const lengths = texts.map((column) => `sum(length(${column}) * (1 + ${numbers[0]} % 7))`);
    contents.push(
      await side.rows(`select count(*), ${[...sums, ...lengths].join(", ")} from ${name}`),
    );
  }
  return JSON.stringify(contents);
}

async function postgres(): Promise<Side> {
  const place = join(folder, "postgres");
  const server = await startEmbedded(place, { fsync: "on", autovacuum: "off" });
  const client = new Client({ connectionString: server.url });
  await client.connect();
  return {
    name: "postgres",
    url: server.url,
    run: async (sql) => void (await client.query(sql)),
    rows: async (sql) => (await client.query({ text: sql, rowMode: "array" })).rows,
    statementsOf: async (load) => {
      const before = loggedStatements(server.log);
      await client.query("alter database postgres set log_statement = 'all'");
      await load();
      await client.query("alter database postgres reset log_statement");
      return loggedStatements(server.log) - before;
    },
    close: async () => {
      await client.end();
      await server.remove();
    },
  };
}

function sqlite(): Side {
  const url = join(folder, "nested.db");
  const database = new Database(url);
  return {
    name: "sqlite",
    url,
    run: async (sql) => void database.exec(sql),
    rows: async (sql) => database.prepare(sql).raw().all(),
    statementsOf: async () => null,
    close: async () => void database.close(),
  };
}
