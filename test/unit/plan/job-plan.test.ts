/** Which loads are jobs, under which name, and what may not change between the runs of one. */
import { describe, expect, test } from "vitest";
import type { TableShape } from "../../../src/model/table-shape.ts";
import { OPTION_NAMES, optionSpec } from "../../../src/options/flag.ts";
import { isJob } from "../../../src/options/is-job.ts";
import type { OptionName } from "../../../src/options/options.ts";
import { defaultOptions, parseOptions } from "../../../src/options/parse-options.ts";
import { planJob } from "../../../src/plan/job-plan.ts";
import type { JobPlanRequest } from "../../../src/plan/job-plan.ts";
import { optionsOf } from "../../helpers/options.ts";
import type { GivenOptions } from "../../helpers/options.ts";
import { planFor, table, uniqueKey } from "../../helpers/shapes.ts";

const PLAN = planFor(table(), { key: ["id"] });
const REQUEST = { target: "postgres://host/db", sources: ["/in/a.csv"], format: "csv" };

function jobOf(options: GivenOptions, request: Partial<JobPlanRequest> = {}) {
  const all = optionsOf({ commit: "100", key: ["id"], ...options });
  const job = planJob(PLAN, { ...REQUEST, options: all, ...request });
  if (job === null) throw new Error("it is no job");
  return job;
}

/** A table with this primary key. */
function keyed(...columns: string[]): TableShape {
  return table({ uniqueKeys: [uniqueKey(columns, { primary: true, name: "t_pkey" })] });
}

function jobBy(given: GivenOptions, shape = keyed("b", "a")): unknown {
  const options = optionsOf({ commit: "100", ...given });
  return planJob(planFor(shape, options), { ...REQUEST, options });
}

describe("a load is a job", () => {
  test.each<[string, GivenOptions, boolean]>([
    ["when it commits in parts", { commit: "100" }, true],
    ["when it has a name", { job: "may" }, true],
    ["not in one transaction without a name", {}, false],
    ["not when it may apply records twice", { commit: "9", allowAtLeastOnce: true }, false],
    ["not when nothing is kept", { job: "may", dryRun: true }, false],
    ["not when it only checks", { job: "may", check: true }, false],
  ])("%s", (_, options, expected) => {
    expect(isJob(optionsOf(options))).toBe(expected);
  });
});

describe("the name that is made", () => {
  const { name } = jobOf({});

  test("stays from run to run, whatever changes how long a load takes", () => {
    expect(jobOf({ commit: "7", writers: 4, batchRows: 3, rowSource: "values" }).name).toBe(name);
  });

  test.each<[string, GivenOptions, Partial<JobPlanRequest>]>([
    ["another source", {}, { sources: ["/in/b.csv"] }],
    ["another target", {}, { target: "postgres://host/other" }],
    ["another key", { key: ["a"] }, {}],
    ["another constraint", { constraint: "c" }, {}],
  ])("is not that of %s", (_, options, request) => {
    expect(jobOf(options, request).name).not.toBe(name);
  });

  test("gives way to one that was asked for", () => {
    expect(jobOf({ job: "may" })).toMatchObject({ name: "may", isNamed: true });
  });
});

describe("a job whose key is the primary key of the table", () => {
  test("is the one of its columns, however the key is said", () => {
    const named = jobBy({ key: ["b", "a"] });
    expect(jobBy({ key: ["primary"] })).toEqual(named);
    expect(jobBy({ mode: "upsert" })).toEqual(named);
  });

  test("is another one when the table gets another primary key", () => {
    const [one, other] = [keyed("b", "a"), keyed("id")].map((shape) =>
      jobBy({ key: ["primary"], job: "may" }, shape),
    );
    expect(one).toMatchObject({ name: "may" });
    expect(one).not.toEqual(other);
  });
});

/** Values of options with a grammar, as they are typed. */
const WRITTEN: Partial<Record<OptionName, string>> = {
  commit: "17",
  maxRejects: "17%",
  map: "a:b",
  decimal: ",",
  thousands: "'",
  dateFormat: "%d.%m.%Y",
  binary: "hex",
  nullIn: "a=b",
  records: "/a",
  const: "a=b",
  value: "a = b",
  lookup: "a = b(c)",
  nest: "a:b",
  set: "a = b",
  stamp: "a = b",
};

/** A value of the option that is not its default. */
function other(name: OptionName): unknown {
  const { kind, choices, default: usual, either, grammar } = optionSpec(name);
  const value = defaultOptions()[name];
  if (grammar !== undefined) return kind === "many" ? [WRITTEN[name]] : WRITTEN[name];
  // A header is what there is where nothing is said of it.
  if (either === true) return false;
  if (kind === "flag") return value !== true;
  if (kind === "list" || kind === "many") return ["x"];
  if (kind === "choice") return choices?.find((each) => each !== usual);
  return kind === "text" ? "x" : 17;
}

describe("between the runs of a job", () => {
  const { config } = jobOf({});
  const settled: readonly OptionName[] = ["table", "mode", "format"];
  const meaning = OPTION_NAMES.filter((name) => optionSpec(name).meaning !== undefined);
  const others = OPTION_NAMES.filter((name) => optionSpec(name).meaning === undefined);
  const runs = others.filter((name) => !["dryRun", "check", "allowAtLeastOnce"].includes(name));

  test.each(meaning.filter((name) => !settled.includes(name)))("%s may not change", (name) => {
    expect(jobOf({ [name]: other(name) }).config).not.toBe(config);
  });

  test.each(runs)("%s may", (name) => {
    expect(jobOf({ [name]: other(name) }).config).toBe(config);
  });

  test("what was left to be found out is the same as what was found", () => {
    expect(jobOf({ format: "csv" }).config).toBe(config);
    expect(jobOf({}, { format: "ndjson" }).config).not.toBe(config);
  });

  test("options count as they were typed, as they did when only their texts were kept", () => {
    const options = parseOptions({
      key: ["id"],
      commit: ["1_000"],
      maxRejects: ["00"],
      map: ["n:a", "x:y:"],
      const: ["b= 7"],
      set: [" a =  a+1 "],
      stamp: ['"b" = now()'],
      updateColumns: ["-b", "-c,-d"],
    });

    // Checkpoints hold it: with another one a job that was begun before could not go on.
    expect(planJob(PLAN, { ...REQUEST, options })?.config).toBe(
      "fa0880893e76aa276368bfa8b3f87a46b723a80694f460486f090b52e121b14c",
    );
  });

  test("every option says whether it changes what the source means", () => {
    // Those that change how a load is carried out, or what is told of it; a new option has to be thought about.
    expect(others.toSorted()).toEqual(
      `acceptServer after allowAtLeastOnce alter batchRows before check checkpointTable commit compress config create ddl diff diffHide dryRun envFile expectRows expectSha256 followAppend forget grace grants
       ifLocked ignore job json junit keepJob lockTimeout logFormat logLevel maxDelete maxRecordBytes maxRecordLines maxRejects metrics only out piece planDdl printDdl progress quiet
       rawSql rejectFile rejectsOk report requireFinalNewline resetJob retryTimeout rowSource shard shards splitOut statementTimeout strategy syncSequences to type verbose wait writers`
        .split(/\s+/)
        .toSorted(),
    );
  });
});
