/** What the scripts of the shells are answered: commands, options, choices, and the names of the config, the file and the database. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { COMMANDS } from "../../src/cli/help.ts";
import { flagOf, OPTION_NAMES, optionSpec } from "../../src/options/flag.ts";
import { openPostgres } from "../helpers/postgres-database.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { until } from "../helpers/until.ts";

const TABLES = `create table orders (order_no integer primary key, "Order Date" text, note text, "a,b" int);
  create unique index orders_note on orders (note); create table "order lines" (id integer primary key);`;

/** A folder with a config, files, and a database that has two jobs. */
const FOLDER = mkdtempSync(join(tmpdir(), "upsurge-"));

beforeAll(async () => {
  const database = new Database(join(FOLDER, "shop.db"));
  database.exec(TABLES);
  database.close();
  writeFileSync(join(FOLDER, "orders.csv"), "order_no,Order Date\n1,x\n");
  writeFileSync(join(FOLDER, "m.yaml"), 'to: "@dev"\nloads: [{ from: orders.csv }]\n');
  const connections = "connections:\n  dev: shop.db\n  prod: postgres://u:${PW}@h/x\n";
  writeFileSync(join(FOLDER, "upsurge.config.yaml"), connections);
  const load = ["orders.csv", "--to", "@dev", "--table", "orders", "--job"];
  for (const job of ["orders-may", "orders-june"])
    await runUpsurge([...load, job], { cwd: FOLDER });
  addShardOf("orders-june");
});

/** A shard of a job, as it is remembered: no database but PostgreSQL has them. */
function addShardOf(job: string): void {
  const database = new Database(join(FOLDER, "shop.db"));
  database.exec(`create temp table shard as select * from upsurge_checkpoint where job_id = '${job}';
    update shard set job_id = '${job}#0/2'; insert into upsurge_checkpoint select * from shard`);
  database.close();
}

type Variables = Readonly<Record<string, string>>;

/** The first line of the reply, and the words of the others. */
async function reply(
  shell: string,
  args: readonly string[],
  { cwd = FOLDER, env = {}, stdin = "" }: { cwd?: string; env?: Variables; stdin?: string } = {},
): Promise<{ first: string; words: string[]; abouts: string[] }> {
  const ran = await runUpsurge(["__complete", shell, ...args], { cwd, env, stdin });
  expect([ran.exitCode, ran.stderr]).toEqual([0, ""]);
  const [first = "", ...lines] = ran.stdout.split("\n").slice(0, -1);
  const cut = lines.map((line) => line.split("\t"));
  return {
    first,
    words: cut.map(([word = ""]) => word),
    abouts: cut.map(([, about = ""]) => about),
  };
}

/** What zsh is answered, which is the plain words. */
async function words(line: string, env: Variables = {}): Promise<string[]> {
  return (await reply("zsh", ["upsurge", ...line.split(" ")], { env })).words;
}

function isSome(words: readonly string[]): boolean {
  return words.length > 0;
}

/** The same, once there are any: on a machine with much to do, a first look takes too long and gives none. */
async function names(line: string, env: Variables = {}): Promise<string[]> {
  return await until(
    `names for ${line}`,
    () => words(line, env),
    (seen) => seen.length > 0,
  );
}

describe("commands and options", () => {
  test("the first word is a command or a file", async () => {
    const { first, words: found, abouts } = await reply("zsh", ["upsurge", ""]);

    expect(first).toBe(":files");
    expect(found).toEqual([...COMMANDS.map(({ name }) => name), "help"]);
    expect(abouts).not.toContain("");
    expect(await words("re")).toEqual(["report"]);
  });

  test.each(COMMANDS.map(({ name }) => name))("%s has its options", async (command) => {
    const own = OPTION_NAMES.filter((name) => optionSpec(name).commands.includes(command));
    const { words: found, abouts } = await reply("fish", ["upsurge", command, "--"]);

    expect(found).toEqual(expect.arrayContaining([...own.map(flagOf), "--help"]));
    expect(found.filter((word) => !own.some((name) => flagOf(name) === word))).toEqual(
      own.includes("header") ? ["--no-header", "--help"] : ["--help"],
    );
    expect(abouts).not.toContain("");
  });

  test("one that is there is not offered again, unless it may be repeated", async () => {
    expect(await words("a.csv --to x --t")).not.toContain("--to");
    expect(await words("a.csv --map a:b --ma")).toEqual(await words("a.csv --ma"));
    expect(await words("a.csv --ma")).toContain("--map");
    expect(await words("a.csv --confl")).toEqual(["--conflict-key"]);
  });

  test("values are the choices, of either way to write them", async () => {
    expect(await words("a.csv --mode ")).toEqual(["upsert", "insert", "ignore", "update"]);
    expect(await words("a.csv --mode=up")).toEqual(["--mode=upsert", "--mode=update"]);
    expect(await words("a.csv -f nd")).toEqual(["ndjson"]);
    expect(await words("run seeds --commit ")).toEqual(["end", "load"]);
    expect(await words("help jo")).toEqual(["jobs"]);
    expect(await words("completion ")).toEqual(["bash", "zsh", "fish", "powershell"]);
  });

  test.each([
    ["a.csv --report ", ":files"],
    ["a.csv --config=", ":files"],
    ["run ", ":files"],
    ["a.csv -- --x", ":files"],
    ["jobs ", ":"],
    ["finish ", ":"],
    ["a.csv --lock-timeout ", ":"],
    ["a.csv --tr", ":"],
  ])("%s: %s", async (line, first) => {
    expect((await reply("zsh", ["upsurge", ...line.split(" ")])).first).toBe(first);
  });
});

describe("names", () => {
  const TO = "orders.csv --to @dev";

  test("of connections, tables, columns, constraints and jobs", async () => {
    expect(await names("orders.csv --to @")).toEqual(["@dev", "@prod"]);
    expect(await names(`${TO} --table o`)).toEqual(["order lines", "orders"]);
    expect(await names(`${TO} -t orders --constraint `)).toEqual(["orders_note"]);
    expect(await names(`${TO} -t orders --key `)).toEqual([
      "order_no",
      "Order Date",
      "note",
      '"a,b"',
      "primary",
    ]);
    expect(await names(`${TO} -t orders --key note,o`)).toEqual(["note,order_no"]);
    expect(await names(`${TO} -t orders -u -n`)).toEqual(["-note"]);
    const jobs = await names("jobs --to shop.db --forget ");
    expect(jobs.toSorted()).toEqual(["orders-june", "orders-may"]);
    expect(await names(`${TO} --job=orders-m`)).toEqual(["--job=orders-may"]);
    expect(await names("run m.yaml --only ord")).toEqual(["order lines", "orders"]);
  });

  test("of fields, and behind them of columns", async () => {
    await names(`${TO} --map `);
    const fields = await reply("zsh", ["upsurge", "orders.csv", "--to", "@dev", "--map", ""]);

    expect(fields).toMatchObject({ first: ":nospace", words: ["order_no:", "Order Date:"] });
    expect(await names(`${TO} -t orders -m order_no:n`)).toEqual(["order_no:note"]);
    expect(await names(`${TO} -t orders --set n`)).toEqual(["note="]);
    expect(await names("orders.csv --create --to new.db --key o")).toEqual(["order_no"]);
    expect(await names("orders.csv --null-in o")).toEqual(["order_no="]);
  });

  test("of a database that a variable names", async () => {
    const env = { DATABASE_URL: "sqlite:shop.db", DB: "shop.db" };

    expect(await names("a.csv --table orders", env)).toEqual(["orders"]);
    expect(await names('a.csv --to "$DB" --table orders', env)).toEqual(["orders"]);
    expect(await names("a.csv --to ${DB} --table orders", env)).toEqual(["orders"]);
  });

  test("of PostgreSQL, whose usual schema need not be named", async () => {
    const database = await openPostgres();
    onTestFinished(() => database.close());
    await database.exec("create table things (id int primary key, label text)");
    const to = `a.csv --to ${database.url} --table`;

    expect(await names(`${to} thi`)).toEqual(["things"]);
    expect(await names(`${to} public.thi`)).toEqual(["public.things"]);
    expect(await names(`${to} things --key `)).toEqual(["id", "label", "primary"]);
    expect(await names(`${to} things --constraint `)).toEqual(["things_pkey"]);
  });
});

/** What PowerShell is answered. */
async function ofPowerShell(...typed: string[]): Promise<string[]> {
  return (await reply("powershell", [], { stdin: `${typed.join("\n")}\n` })).words;
}

describe("what is typed is kept, and added to", () => {
  test.each([
    ["upsurge orders.csv --to=@de", "de", ["dev"]],
    ["upsurge orders.csv --to=@de", "@de", ["@dev"]],
    ["X=1 upsurge orders.csv --to @dev --table ord", "ord", ["order\\ lines", "orders"]],
    ['upsurge orders.csv --to @dev --table "order ', '"order ', ['"order lines']],
    ["upsurge orders.csv --to @dev --table 'order ", "'order ", ["'order lines"]],
    ["upsurge orders.csv --to @dev --table order\\ ", "order\\ ", ["order\\ lines"]],
    [
      "upsurge orders.csv --to @dev -t orders --key note,",
      "note,",
      ["note,order_no", "note,Order\\ Date", 'note,\\"a,b\\"'],
    ],
    ["upsurge orders.csv --map 'Order D", "'Order D", ["'Order Date:"]],
    ["upsurge orders.csv -m order_no:", "", ["order_no", "Order\\ Date"]],
  ])("by bash: %s (%s)", async (line, piece, expected) => {
    const look = async (): Promise<string[]> => (await reply("bash", [line, piece])).words;
    expect(await until(line, look, isSome)).toEqual(expected);
  });

  test("by PowerShell, in quotes where it would read something", async () => {
    expect(await ofPowerShell("upsurge", "orders.csv", "--to", "")).toEqual(["'@dev'", "'@prod'"]);
    expect(await ofPowerShell("upsurge", "orders.csv", "--to", "'@dev'", "-t", "'order l")).toEqual(
      ["'order lines'"],
    );
    expect(await ofPowerShell("upsurge", "orders.csv", "--to", "$env:DB", "-t", "x")).toEqual([]);
    expect(await ofPowerShell("upsurge", "orders.csv", "--mode", "ups")).toEqual(["upsert"]);
  });
});

test("a name that a shell or a terminal would act on does no harm", async () => {
  const folder = tempDir();
  const database = new Database(join(folder, "a.db"));
  database.exec('create table "x$(touch harm)" (id int); create table "x\u001B[31m" (id int)');
  database.close();
  const look = (piece: string) => async (): Promise<string[]> => {
    const line = `upsurge a.csv --to a.db --table ${piece}`;
    return (await reply("bash", [line, piece], { cwd: folder })).words;
  };

  expect(await until("the table", look("x"), isSome)).toEqual(["x\\$\\(touch\\ harm\\)"]);
  expect(await until("the table", look('"x'), isSome)).toEqual(['"x\\$(touch harm)']);
});

test("a pipe is not read", async () => {
  const folder = tempDir();
  execFileSync("mkfifo", [join(folder, "pipe.csv")]);

  const args = ["upsurge", "pipe.csv", "--map", ""];
  expect((await reply("zsh", args, { cwd: folder })).words).toEqual([]);
});

describe("a look changes nothing and says nothing", () => {
  test.each([
    "nix.db",
    "sqlite:nix.db",
    "sqlite:new/nix.db",
    "postgres://u:geheim@127.0.0.1:1/x",
    "oracle://x",
  ])("where there is no database: %s", async (to) => {
    const before = readdirSync(FOLDER);

    expect(await words(`orders.csv --to ${to} --table `)).toEqual([]);
    expect(readdirSync(FOLDER)).toEqual(before);
  });

  test.each(["wal", "delete"])("in a file of mode %s, which stays as it is", async (mode) => {
    const folder = tempDir();
    const path = join(folder, "a.db");
    const database = new Database(path);
    database.pragma(`journal_mode = ${mode}`);
    database.exec("create table here (id int)");
    database.close();
    const before = readFileSync(path);
    const args = ["upsurge", "a.csv", "--to", "a.db", "--table", ""];

    const look = async (): Promise<string[]> => (await reply("zsh", args, { cwd: folder })).words;

    expect(await until("the table", look, isSome)).toEqual(["here"]);
    expect(readdirSync(folder)).toEqual(["a.db"]);
    expect(readFileSync(path).equals(before)).toBe(true);
    const writer = new Database(path);
    onTestFinished(() => {
      writer.close();
    });
    writer.exec("begin immediate; create table more (id int)");
    const files = readdirSync(folder);
    expect(await until("the table", look, isSome)).toEqual(["here"]);
    expect(readdirSync(folder)).toEqual(files);
  });

  test("of a server that never answers nothing is waited for", async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => {
      silent.listen(0, "127.0.0.1", resolve);
    });
    onTestFinished(() => {
      silent.close();
    });
    const { port } = silent.address() as AddressInfo;

    expect(await words(`a.csv --to postgres://u:geheim@127.0.0.1:${port}/x --table `)).toEqual([]);
  });

  test("a config that is wrong, a variable that is none, a line that makes no sense", async () => {
    const folder = tempDir();
    writeFileSync(join(folder, "upsurge.config.yaml"), "nonsense: [");
    const at = { cwd: folder };

    expect((await reply("zsh", ["upsurge", "a", "--to", ""], at)).words).toEqual([]);
    expect(await words("a.csv --to @prod --table ")).toEqual([]);
    expect(await words("a.csv --to @dev --table o", { UPSURGE_TRUNCATE: "1" })).toEqual([]);
    for (const args of [[], ["bash"], ["tcsh", "x"], ["zsh", "upsurge"], ["bash", "'", "'"]]) {
      const { exitCode, stderr } = await runUpsurge(["__complete", ...args], { cwd: folder });
      expect([args, exitCode, stderr]).toEqual([args, 0, ""]);
    }
  });
});

describe("the scripts", () => {
  test.each(["bash", "zsh", "fish", "powershell"])(
    "of %s is printed, and says how to install it",
    async (shell) => {
      const { stdout, exitCode } = await runUpsurge(["completion", shell], {
        env: { UPSURGE_TRUNCATE: "1" },
      });

      expect(stdout).toContain(`upsurge completion ${shell}`);
      expect(stdout).toContain(`__complete ${shell}`);
      expect(exitCode).toBe(0);
    },
  );

  test("of another shell is none", async () => {
    const wrong = await runUpsurge(["completion", "bsh"]);
    const none = await runUpsurge(["completion"]);

    expect(wrong.stderr).toContain("error: the shell cannot be 'bsh'  OPTION_VALUE");
    expect(wrong.stderr).toContain("fix:   upsurge completion bash\n");
    expect(none.stderr).toContain("error: a shell is missing  OPTION_MISSING");
    expect([wrong.exitCode, none.exitCode]).toEqual([2, 2]);
  });
});

afterAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
});
