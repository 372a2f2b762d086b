/**
 * No secret leaves by any output: random passwords in URLs, connection strings and variables, through loads, plans, inspections
 * and errors, on every output there is. Not even a part of one: each is made of words that stand nowhere else.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { timesOf } from "../tiers/tiers.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");

/** What means something to URLs, connection strings, shells, JSON or regular expressions, and what does not. */
const SPECIAL = "@:/?#%&=+\"'`\\$^*.|(){}[]<>;,!~ -_"
  .split("")
  .concat(
    "\n",
    "\t",
    "%41",
    "%zz",
    "é",
    "ß",
    "密",
    "\u{1F511}",
    "''",
    '""',
    "}}",
    "$&",
    "password=",
    "@db/",
  );

/**
 * Words separated by characters that mean something. Left out is what SECURITY.md says is masked in its place only: what is shorter
 * than six characters, or equal to a name in the URL.
 */
const secret = fc
  .tuple(
    fc.array(fc.tuple(fc.nat({ max: 0xffffff }), fc.constantFrom(...SPECIAL)), {
      minLength: 1,
      maxLength: 5,
    }),
    fc.constantFrom(0, 0, 0, 0, 40),
  )
  .map(([parts, times]) => {
    const words = parts.map(([n, special]) => `${word(n)}${special}`);
    return `${words.join("")}${word(times)}${"Qw".repeat(times)}`;
  });

function word(n: number): string {
  return `Zq${n.toString(16).padStart(6, "0")}`;
}

/** The words of any secret. */
const WORD = /Zq[0-9a-f]{6}/i;

/** How a secret is handed over, and what is asked. */
interface Case {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const INTO = ["--table", "t", "--key", "k"];
/** Nobody listens there. */
const NOWHERE = "127.0.0.1:1/shop";
const SOON = ["--retry-timeout", "0"];

function quotedFor(text: string, quote: `"` | "'" | "}"): string {
  const doubled = text.replaceAll(quote, quote + quote);
  return quote === "}" ? `{${doubled}}` : quote + doubled + quote;
}

const NO_SERVER: Readonly<Record<string, (secret: string) => Case>> = {
  "a URL of PostgreSQL": (s) => ({
    args: ["a.csv", ...INTO, ...SOON, "--to", `postgres://app:${encodeURIComponent(s)}@${NOWHERE}`],
  }),
  "a URL of PostgreSQL, as it is": (s) => ({
    args: ["a.csv", ...INTO, ...SOON, "--to", `postgres://app:${s}@${NOWHERE}`],
  }),
  "a URL in the environment": (s) => ({
    args: ["a.csv", ...INTO, ...SOON],
    env: { DATABASE_URL: `postgres://app:${s}@${NOWHERE}` },
  }),
  "a query": (s) => ({
    args: [
      "plan",
      "a.csv",
      ...INTO,
      "--to",
      `postgres://app@${NOWHERE}?password=${encodeURIComponent(s)}`,
    ],
  }),
  "a variable of PostgreSQL": (s) => ({
    args: ["inspect", "--to", `postgres://app@${NOWHERE}`],
    env: { PGPASSWORD: s },
  }),
  "a URL of SQL Server": (s) => ({
    args: [
      "a.csv",
      ...INTO,
      ...SOON,
      "--to",
      `sqlserver://app:${encodeURIComponent(s)}@${NOWHERE}`,
    ],
  }),
  "a variable of SQL Server": (s) => ({
    args: ["plan", "a.csv", ...INTO, "--to", `sqlserver://app@${NOWHERE}`],
    env: { MSSQL_PASSWORD: s },
  }),
  "a string of ADO, in braces": (s) => ({
    args: [
      "inspect",
      "--to",
      `Server=127.0.0.1,1;User Id=app;Password=${quotedFor(s, "}")};Database=shop`,
    ],
  }),
  "a string of ADO, in quotes": (s) => ({
    args: [
      "inspect",
      "--to",
      `Server=127.0.0.1,1;User Id=app;Pwd=${quotedFor(s, '"')};Database=shop`,
    ],
  }),
  "a string of ADO, in single quotes": (s) => ({
    args: ["inspect", "--to", `Server=127.0.0.1,1;User Id=app;Pwd=${quotedFor(s, "'")};Bogus=1`],
  }),
  "a URL of nobody": (s) => ({ args: ["a.csv", ...INTO, "--to", `mongo://app:${s}@db/shop`] }),
  "a URL without its scheme": (s) => ({ args: ["a.csv", ...INTO, "--to", `app:${s}@db/shop.db`] }),
  "a URL with a slash missing": (s) => ({
    args: ["a.csv", ...INTO, "--to", `postgres:/app:${s}@db/shop`],
  }),
  "a URL with a port that is none": (s) => ({
    args: ["a.csv", ...INTO, "--to", `postgres://app:${s}@db:port/shop`],
  }),
  "an unknown option": (s) => ({ args: ["a.csv", ...INTO, `--pasword=${s}`] }),
  "a wrong value of another option": (s) => ({
    args: ["a.csv", ...INTO, "--batch-rows", "x", `--to=postgres://app:${s}@${NOWHERE}`],
  }),
  "options that do not go together": (s) => ({
    args: ["a.csv", ...INTO, "--writers", "2", "--to", `postgres://app:${s}@${NOWHERE}`],
  }),
  "a source that is not there": (s) => ({
    args: ["none.csv", ...INTO, "--to", `postgres://app:${s}@${NOWHERE}`],
  }),
  "a certificate that is not there": (s) => ({
    args: [
      "a.csv",
      ...INTO,
      "--to",
      `postgres://app:${encodeURIComponent(s)}@db/shop?sslrootcert=none.pem`,
    ],
  }),
};

/** What may be said beside it: every output has a turn. */
const OUTPUTS: readonly (readonly string[])[] = [
  ["--json", "--log-level", "trace", "--log-format", "json"],
  ["--log-level", "trace", "--log-format", "pretty"],
  [],
];

/** Runs a case with every output, and looks into all that was written. */
async function expectKept({ args, env = {} }: Case): Promise<number[]> {
  const exits: number[] = [];
  for (const outputs of OUTPUTS) {
    const cwd = tempDir({ "a.csv": "k,n\n1,1\n2,-2\nx,3\n" });
    const isLoad = args[0] !== "plan" && args[0] !== "inspect";
    const more = isLoad ? ["--report", "report.json", "--max-rejects", "9"] : [];
    const { exitCode, stdout, stderr } = await runUpsurge([...args, ...outputs, ...more], {
      cwd,
      env: { ...env, GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: join(cwd, "step.md") },
    });
    exits.push(exitCode);
    const files = readdirSync(cwd).filter((name) => name !== "a.csv");
    const texts = [
      stdout,
      stderr,
      ...files,
      ...files.map((name) => readFileSync(join(cwd, name), "utf8")),
    ];
    for (const text of texts) expect(text).not.toMatch(WORD);
  }
  return exits;
}

describe("a secret that no server sees", () => {
  test.each(Object.entries(NO_SERVER))("does not leave by %s", async (_, caseOf) => {
    await fc.assert(
      fc.asyncProperty(secret, async (text) => {
        const exits = await expectKept(caseOf(text));
        expect(exits.every((exit) => exit !== 0)).toBe(true);
      }),
      { numRuns: timesOf("secrets") },
    );
  });
});

describe("a secret that PostgreSQL sees", () => {
  const database = useDatabase(postgres);

  beforeAll(async () => {
    await database.exec(`create table t (k int primary key, n int check (n > 0));
      create role keeper login; grant all on table t to keeper`);
  });

  const url = (password: string): string => {
    const { host, pathname } = new URL(database.url);
    return `postgres://keeper:${password}@${host}${pathname}`;
  };

  test("does not leave by what it does", async () => {
    await fc.assert(
      fc.asyncProperty(secret, async (text) => {
        await database.exec(`alter role keeper password ${literal(text)}; delete from t`);
        const to = ["--to", url(encodeURIComponent(text))];
        const bare = url("").replace(":@", "@");
        const env = { PGPASSWORD: text };

        expect(await expectKept({ args: ["a.csv", ...INTO, ...to] })).toEqual([3, 3, 3]);
        expect(await expectKept({ args: ["plan", "a.csv", ...INTO, ...to] })).toEqual([0, 0, 0]);
        expect(await expectKept({ args: ["inspect", "--to", bare], env })).toEqual([0, 0, 0]);
        const broken = ["--set", "n = nowhere"];
        expect(
          await expectKept({ args: ["a.csv", ...INTO, ...broken, "--to", bare], env }),
        ).toEqual([2, 2, 2]);
      }),
      { numRuns: Math.ceil(timesOf("secrets") / 2) },
    );
  });

  test("does not leave when it is wrong", async () => {
    await database.exec("alter role keeper password 'right'");
    await fc.assert(
      fc.asyncProperty(secret, async (text) => {
        const to = ["--to", url(encodeURIComponent(text))];
        expect(await expectKept({ args: ["a.csv", ...INTO, ...to] })).toEqual([2, 2, 2]);
      }),
      { numRuns: Math.ceil(timesOf("secrets") / 2) },
    );
  });
});

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
