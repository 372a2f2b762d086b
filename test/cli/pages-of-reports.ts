/** Pages of every kind of report, made by real loads: what browsers are shown in tests. */
import Database from "better-sqlite3";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runUpsurge } from "../helpers/run-upsurge.ts";

/** The pages, by the names of their files; those with the most kinds of parts first. */
export const PAGES = [
  "differences",
  "run",
  "hostile",
  "index",
  "stopped",
  "rejects",
  "wide",
  "done",
  "failed",
  "refused",
  "nothing",
] as const;

/** One of them. */
export type PageName = (typeof PAGES)[number];

const MANIFEST = `to: shop.db
loads:
  - from: seeds/orders.csv
    table: orders
  - from: bad.csv
    table: orders
  - from: seeds/people.csv
    table: people
`;

/** A word without an end, markup, and letters that are written from right to left. */
const LONG = "donau".repeat(60);
const MARKUP = `</style><script>document.body.remove()</script><img src=x onerror=alert(1)>`;
const HEBREW = "שלום";

/** So many columns, which no screen has room for. */
const COLUMNS = Array.from({ length: 200 }, (_, at) => `column_${at}`);

const INTO_ORDERS = ["--to", "shop.db", "--table", "orders", "--key", "id"];

/** How each page is made; the exit code, and what comes before `--report`. */
const LOADS: Readonly<
  Record<Exclude<PageName, "index">, readonly [exit: number, args: readonly string[]]>
> = {
  done: [0, ["good.csv", ...INTO_ORDERS, "--before", "select 1"]],
  rejects: [3, ["rejects.csv", ...INTO_ORDERS, "--max-rejects", "100%", "--reject-file", "r.csv"]],
  differences: [
    3,
    ["good.csv", "bad.csv", ...INTO_ORDERS, "--max-rejects", "5", "--check", "--diff", "all"],
  ],
  failed: [4, ["bad.csv", ...INTO_ORDERS]],
  refused: [2, ["good.csv", "--to", "shop.db", "--table", "order", "--key", "id"]],
  nothing: [0, ["nothing.csv", ...INTO_ORDERS]],
  run: [0, ["run", "seeds", "--to", "shop.db", "--dry-run", "--diff", "5"]],
  stopped: [4, ["run", "stopped.yaml"]],
  hostile: [
    3,
    [
      "hostile.csv",
      "--to",
      "shop.db",
      "--table",
      MARKUP,
      "--key",
      "id",
      "--max-rejects",
      "5",
      "--check",
      "--diff",
      "all",
    ],
  ],
  wide: [
    0,
    [
      "wide.csv",
      "--to",
      "shop.db",
      "--table",
      "wide",
      "--key",
      "column_0",
      "--dry-run",
      "--diff",
      "all",
    ],
  ],
};

/** Those of which `index` tells, two nights of each. */
const NIGHTS = ["failed", "run", "stopped", "refused"] as const;

/** Makes pages in a folder; the reports of `index` are in its folder `reports`. */
export async function makePages(folder: string, names: readonly PageName[]): Promise<void> {
  writeSources(folder);
  for (const name of names) {
    if (name === "index") await makeIndex(folder);
    else await load(folder, name, `${name}.html`);
  }
}

async function makeIndex(folder: string): Promise<void> {
  mkdirSync(join(folder, "reports"));
  for (const name of NIGHTS) {
    for (const night of ["1", "2"]) await load(folder, name, `reports/${name}-${night}.json`);
  }
  writeFileSync(join(folder, "reports", "broken.json"), "{");
  await upsurge(folder, 0, ["report", "reports", "--out", "index.html"]);
}

async function load(folder: string, name: keyof typeof LOADS, report: string): Promise<void> {
  const [exit, args] = LOADS[name];
  await upsurge(folder, exit, [...args, "--report", report]);
}

async function upsurge(cwd: string, exit: number, args: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await runUpsurge([...args], { cwd });
  if (exitCode !== exit) throw new Error(`exit code ${exitCode} of ${args.join(" ")}: ${stderr}`);
}

function writeSources(folder: string): void {
  const rejects = Array.from({ length: 100_000 }, (_, at) => `${at + 10},cup,2,${LONG}\n`);
  const files = {
    "good.csv": "id,item,amount\n1,tea,3\n2,pot,1\n",
    "bad.csv": "id,item,amount\n3,cup,0\n4,,1\n",
    "nothing.csv": "id,item,amount\n",
    "rejects.csv": `id,item,amount\n8,cup,1\n${rejects.join("")}`,
    "stopped.yaml": MANIFEST,
    "hostile.csv": `id,${HEBREW},"${LONG}"\n1,${HEBREW} 1,"${MARKUP}"\n2,${LONG},\u202Ex\n3,,x\n`,
    "wide.csv": `${COLUMNS.join(",")}\n${COLUMNS.map(() => "value").join(",")}\n`,
    "seeds/people.csv": "id,name\n1,Ada\n",
    "seeds/orders.csv": "id,item,amount\n5,tea,3\n",
  };
  mkdirSync(join(folder, "seeds"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const database = new Database(join(folder, "shop.db"));
  database.exec(`
    create table orders (id integer primary key, item text not null, amount integer check (amount > 0));
    insert into orders values (1, 'tea', 2), (7, 'mug', 1);
    create table people (id integer primary key, name text not null);
    create table "${MARKUP}" (id integer primary key, "${HEBREW}" text not null, "${LONG}" text);
    create table wide (${COLUMNS.map((name) => `${name} text`).join(", ")}, primary key (column_0));
  `);
  database.close();
}
