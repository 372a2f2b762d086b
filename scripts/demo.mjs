/** `npm run demo`: a tour on a small shop in a temporary folder. Every line that begins with $ can be typed as it is. */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { openDatabase, prepareProgram } from "./demo-install.mjs";
import { ROOT, run } from "./steps.mjs";

/** What is shown: a sentence, the words after `upsurge`, and the exit code that belongs to it. */
const STEPS = [
  {
    title: "What is in the file, and what keys does the table offer?",
    commands: [
      ["inspect", "products.csv"],
      ["inspect", "--to", "shop.db", "--table", "products"],
    ],
  },
  {
    title: "What would a load do?",
    commands: [["plan", "products.csv", "--to", "shop.db", "--table", "products", "--key", "sku"]],
  },
  {
    title: "Load the catalogue. Loaded again, it changes nothing.",
    commands: [
      ["products.csv", "--to", "shop.db", "--table", "products", "--key", "sku"],
      ["products.csv", "--to", "shop.db", "--table", "products", "--key", "sku"],
    ],
  },
  {
    title:
      "A newer file has changed, new and unchanged rows, and a price of 0. By default nothing of it is kept.",
    commands: [["products-2.csv", "--to", "shop.db", "--table", "products", "--key", "sku"]],
    exits: [4],
  },
  {
    title: "Allow one reject: the rest is loaded, and the bad record is kept to be corrected.",
    commands: [
      [
        "products-2.csv",
        "--to",
        "shop.db",
        "--table",
        "products",
        "--key",
        "sku",
        "--max-rejects",
        "1",
      ],
    ],
    exits: [3],
    show: ["products-2.csv.rejects.csv", "products-2.csv.rejects.csv.jsonl"],
  },
  {
    title: "Events out of order: only a later state may replace an earlier one.",
    commands: [
      [
        "events.ndjson",
        "--to",
        "shop.db",
        "--table",
        "devices",
        "--key",
        "device_id",
        "--update-where",
        "excluded.seen_at > target.seen_at",
      ],
    ],
    query: "select * from devices order by device_id",
  },
  {
    title: "Devices that are known stay as they are; only new ones are added.",
    commands: [
      [
        "seed-devices.csv",
        "--to",
        "shop.db",
        "--table",
        "devices",
        "--key",
        "device_id",
        "--ignore",
      ],
    ],
  },
  {
    title: "A counter: the same page several times in one file adds up.",
    commands: [
      [
        "views.csv",
        "--to",
        "shop.db",
        "--table",
        "page_views",
        "--key",
        "page",
        "--set",
        "views = target.views + excluded.views",
      ],
    ],
    query: "select * from page_views order by page",
  },
];

console.log(
  `A tour of ${STEPS.length} steps on a small database; its files are in a temporary folder.`,
);
const UPSURGE = await prepareProgram();
const began = performance.now();
const folder = mkdtempSync(join(tmpdir(), "upsurge-demo-"));
const database = prepare();
let surprises = 0;
for (const [index, step] of STEPS.entries()) {
  heading(`${index + 1} of ${STEPS.length}. ${step.title}`);
  for (const [at, words] of step.commands.entries()) await show(words, step.exits?.[at] ?? 0);
  for (const file of step.show ?? []) showFile(file);
  if (step.query !== undefined) showRows(step.query);
}
heading("The catalogue as it stands now");
showRows("select sku, name, price, stock from products order by sku");
const seconds = ((performance.now() - began) / 1000).toFixed(1);
console.log(`\nThe tour took ${seconds} s. Everything is in ${folder}`);
if (surprises > 0)
  console.log(`${surprises} commands ended with an exit code that was not expected`);
const program = relative(process.env["INIT_CWD"] ?? process.cwd(), UPSURGE);
console.log(`
Now your own file:
  node ${program} inspect FILE.csv
  node ${program} FILE.csv --to DATABASE.db --table TABLE --key COLUMN`);
process.exitCode = surprises === 0 ? 0 : 1;

/** Copies the files and makes the database. */
function prepare() {
  const fixtures = join(ROOT, "fixtures/demo");
  for (const file of readdirSync(fixtures)) copyFileSync(join(fixtures, file), join(folder, file));
  const made = openDatabase(join(folder, "shop.db"));
  made.exec(readFileSync(join(folder, "setup.sql"), "utf8"));
  return made;
}

async function show(words, expected) {
  console.log(`\n$ upsurge ${words.map(shellWord).join(" ")}`);
  const { code } = await run(process.execPath, [UPSURGE, ...words], { cwd: folder, echo: true });
  if (code !== 0) console.log(`(exit code ${code})`);
  if (code !== expected) surprises += 1;
}

function shellWord(word) {
  return /^[\w./:=-]+$/.test(word) ? word : `"${word}"`;
}

function showFile(name) {
  const path = join(folder, name);
  console.log(
    `\n$ cat ${name}\n${existsSync(path) ? readFileSync(path, "utf8").trimEnd() : "(no such file)"}`,
  );
}

function showRows(query) {
  console.log(`\n$ sqlite3 shop.db "${query}"`);
  for (const row of database.rows(query))
    console.log(row.map((value) => value ?? "NULL").join(" | "));
}

function heading(text) {
  console.log(`\n${text}\n${"-".repeat(text.length)}`);
}
