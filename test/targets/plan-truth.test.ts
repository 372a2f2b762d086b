/**
 * What `upsurge plan` prints is what runs, as a set and both ways: no statement that brings rows to the server, meets rows of the
 * table or writes them is missing, and none is printed that would not run. One that is printed with a comment runs when the
 * comment says so: at least one of the cases comes to it. Records that lack fields have statements of their own: the plan of
 * such records prints them.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENGINES, wayTitle } from "../helpers/engines.ts";
import type { Engine, Way } from "../helpers/engines.ts";
import { runLoad } from "../helpers/load.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { isLogged, useLoggedDatabase } from "../helpers/statement-log.ts";
import type { LoggedDatabase } from "../helpers/statement-log.ts";
import { useTempDir } from "../helpers/temp-dir.ts";
import { timesOf } from "../tiers/tiers.ts";
import { setupFor } from "./cases/case.ts";
import type { Case } from "./cases/case.ts";
import { MODE_CASES } from "./cases/modes.ts";
import { ROW_CASES } from "./cases/rows.ts";
import { TABLE_CASES } from "./cases/tables.ts";
import { isWritten, readPrinted, writtenBy } from "./plan-truth-support.ts";
import type { Printed } from "./plan-truth-support.ts";

/** The methods that the cases come to. */
const METHODS: Readonly<Record<Engine["name"], readonly string[]>> = {
  postgres: ["copy", "insert", "look-then-write", "merge", "row-by-row", "upsert"],
  sqlite: ["insert", "look-then-write", "row-by-row", "upsert"],
  sqlserver: ["copy", "insert", "look-then-write", "merge", "row-by-row"],
};

/** What is printed for a source. */
interface Planned {
  readonly printed: readonly Printed[];
  readonly method: string;
}

/**
 * The records of a source by the fields that they have: each kind has a plan. All are one where what they lack is NULL.
 */
function kindsOf({ csv, ndjson = "", flags }: Case): readonly string[] {
  if (csv !== undefined) return [csv];
  if (flags.includes("--missing-fields") && flags.includes("null")) return [ndjson];
  const kinds = new Map<string, string>();
  for (const line of ndjson.trimEnd().split("\n")) {
    const fields = fieldsOf(line);
    kinds.set(fields, `${kinds.get(fields) ?? ""}${line}\n`);
  }
  return [...kinds.values()];
}

/** Lines that are no records have no fields. */
function fieldsOf(line: string): string {
  try {
    return Object.keys(JSON.parse(line) as object)
      .toSorted()
      .join(" ");
  } catch {
    return "";
  }
}

/** A case with more lines comes in one batch, so that what is only done for many rows is done. */
const MANY_LINES = 50;

/** Each row source, the strategies and sizes of batches in turn; over the translated server, which is slow, one of them. */
function waysOf(
  { name, rowSources }: Engine,
  { flags, csv = "" }: Case,
  at: number,
): readonly Way[] {
  const isLong = csv.split("\n").length > MANY_LINES;
  const way = (next: number): Way => ({
    rowSource: rowSources[next % rowSources.length] ?? "auto",
    strategy: ["native", "select-then-write"][(next + Math.floor(at / 2)) % 2] ?? "auto",
    batchRows: isLong || at % 2 === 1 ? 1000 : 2,
  });
  // Only plain inserts are loaded in bulk.
  if (name === "sqlserver" && !flags.includes("insert")) return [way(at)];
  return Array.from({ length: Math.max(2, rowSources.length) }, (_, next) => way(next));
}

describe.each(ENGINES.filter(isLogged))("the statements of a load into $title", (engine) => {
  const logged = useLoggedDatabase(engine);
  const temporary = useTempDir();
  const run = {
    seen: 0,
    methods: new Set<string>(),
    printed: new Set<string>(),
    ran: new Set<string>(),
  };
  const cases = [...MODE_CASES, ...TABLE_CASES, ...ROW_CASES]
    .filter(({ engines }) => engines?.includes(engine.name) ?? true)
    .flatMap((each, at) =>
      waysOf(engine, each, at).map((way) => [each.title, wayTitle(way), each, way] as const),
    );
  // `npm test` takes some of them, from the beginning to the end.
  const step = Math.max(1, Math.floor(cases.length / timesOf("plan truth")));
  const tried = cases.filter((_, at) => at % step === 0);

  test.each(tried)("%s: %s", async (_title, _way, each, way) => {
    const place = { engine, logged, folder: temporary.path };
    await logged.database.reset();
    await logged.database.exec(setupFor(each.setup, engine.name));
    const { planned, input } = await planKinds(place, each, way);
    if (planned.length === 0) return;
    const isEach = planned.some(({ method }) => method === "row-by-row");

    const stop = logged.start();
    const { table = "t", csv, flags } = each;
    const extension = csv === undefined ? "ndjson" : "csv";
    const load = { folder: temporary.path, table, extension, input, flags } as const;
    const result = await runLoad(logged.database, load, way);
    const ran = writtenBy(stop(), engine.name, isEach);

    const printed = planned.flatMap((one) => one.printed);
    const texts = new Set(printed.map(({ sql }) => sql));
    expect(
      [...ran].filter((sql) => !texts.has(sql)),
      [...texts].join("\n--\n"),
    ).toEqual([]);
    const always = printed.filter(({ when }) => when === null).map(({ sql }) => sql);
    // A batch with a row that is refused is taken back, and its rows go one at a time.
    const isWhole = result.rejects.length === 0 && result.exit === 0;
    if (isWhole)
      expect(
        always.filter((sql) => !ran.has(sql)),
        [...ran].join("\n--\n"),
      ).toEqual([]);
    run.seen += ran.size;
    for (const { method } of planned) run.methods.add(method);
    for (const { when, sql } of printed) {
      if (when === null) continue;
      run.printed.add(when);
      if (ran.has(sql)) run.ran.add(when);
    }
  });

  test("have been seen, those with a comment and those of each method as well", () => {
    expect(run.seen).toBeGreaterThan(step > 1 ? 5 : 20);
    // A part of the cases need not come to all.
    if (step > 1) return;
    expect([...run.printed].filter((when) => !run.ran.has(when))).toEqual([]);
    expect([...run.methods].toSorted()).toEqual(METHODS[engine.name]);
  });
});

/**
 * What `plan` prints for the kinds of a case, and the records that it takes: it may refuse such as lack what every row must
 * have, which are rejects among others.
 */
async function planKinds(
  place: Place,
  each: Case,
  way: Way,
): Promise<{ readonly planned: readonly Planned[]; readonly input: string }> {
  const planned: Planned[] = [];
  let input = "";
  for (const text of kindsOf(each)) {
    const found = await plannedOf(place, each, { way, text });
    if (found === null) continue;
    planned.push(found);
    input += text;
  }
  return { planned, input };
}

/** Where loads run. */
interface Place {
  readonly engine: Engine;
  readonly logged: LoggedDatabase;
  readonly folder: string;
}

/** What `plan` prints for a text; `null` where it refuses the load. */
async function plannedOf(
  place: Place,
  { table = "t", csv, flags }: Case,
  { way, text }: { readonly way: Way; readonly text: string },
): Promise<Planned | null> {
  const source = join(place.folder, `planned.${csv === undefined ? "ndjson" : "csv"}`);
  writeFileSync(source, text);
  const into = ["--to", place.logged.database.url, "--table", table, ...flags, "--json"];
  const chosen = ["--strategy", way.strategy, "--row-source", way.rowSource];
  const { exitCode, stdout } = await runUpsurge(["plan", source, ...into, ...chosen]);
  if (exitCode !== 0) return null;
  const { statements, plan } = JSON.parse(stdout) as {
    readonly statements: readonly string[];
    readonly plan: { readonly method: { readonly name: string } };
  };
  const printed = statements.map((sql) => readPrinted(sql, place.engine.name));
  return {
    printed: printed.filter((one) => isWritten(one, place.engine.name)),
    method: plan.method.name,
  };
}
