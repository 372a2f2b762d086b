/**
 * The statements of generated plans on each target and version, held against what they were: a hash for each plan and use,
 * and whole texts of every seventeenth. A change that is meant renews them: `npx vitest run test/unit/sql/statements.test.ts -u`.
 */
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { quoteIdentifier as pgQuote } from "../../../src/targets/postgres/quote.ts";
import { quoteIdentifier as msQuote } from "../../../src/targets/sqlserver/quote.ts";
import { methodsOf } from "../../../src/targets/postgres/methods.ts";
import { METHODS } from "../../../src/targets/sqlserver/capabilities.ts";
import type { Capabilities } from "../../../src/targets/capabilities.ts";
import { ABLE } from "../../helpers/shapes.ts";
import { drawLoad, planOf } from "./generated-plans.ts";
import type { DrawnPlan, Spelling } from "./generated-plans.ts";
import { plansOf, postgresStatements, sqliteStatements, sqlServerStatements } from "./rendered.ts";
import type { Statements } from "./rendered.ts";

/** So many draws are made of each target. */
const DRAWS = 400;
/** Of which the texts are kept as a whole. */
const EACH_WHOLE = 17;

const POSTGRES: Spelling = {
  schema: "public",
  quote: pgQuote,
  types: {
    whole: "integer",
    short: "character varying(10)",
    text: "text",
    number: "numeric(10,2)",
    time: "timestamp with time zone",
    other: "jsonb",
  },
  now: "now()",
  lower: (name) => `lower(${name})`,
  exclusion: true,
  partitioned: true,
  byDefault: true,
};

const SQL_SERVER: Spelling = {
  schema: "dbo",
  quote: msQuote,
  types: {
    whole: "int",
    short: "varchar(10)",
    text: "nvarchar(40)",
    number: "decimal(10,2)",
    time: "datetimeoffset(7)",
    other: "sql_variant",
  },
  now: "sysutcdatetime()",
  lower: null,
  exclusion: false,
  partitioned: false,
  byDefault: false,
};

const SQLITE: Spelling = {
  schema: null,
  quote: pgQuote,
  types: {
    whole: "integer",
    short: "text",
    text: "text",
    number: "real",
    time: "datetime",
    other: "any",
  },
  now: "current_timestamp",
  lower: (name) => `lower(${name})`,
  exclusion: false,
  partitioned: false,
  byDefault: false,
};

/** A target: how its statements are spelled, and what its versions can do. */
interface Target {
  readonly name: string;
  readonly spelling: Spelling;
  readonly versions: readonly Version[];
  readonly render: (
    plan: DrawnPlan["plan"],
    columns: readonly string[],
    capabilities: Capabilities,
  ) => Statements;
}

/** Versions that can do the same, for which all is the same. */
interface Version {
  readonly names: readonly string[];
  readonly capabilities: Capabilities;
}

/** The versions of these names, those that can do the same as one. */
function versionsOf(
  names: readonly number[],
  capabilitiesOf: (version: number) => Capabilities,
): Version[] {
  return names.reduce<Version[]>((found, name) => {
    const capabilities = capabilitiesOf(name);
    const alike = found.find((each) => isDeepStrictEqual(each.capabilities, capabilities));
    return alike === undefined
      ? [...found, { names: [`${name}`], capabilities }]
      : found.with(found.indexOf(alike), { ...alike, names: [...alike.names, `${name}`] });
  }, []);
}

const TARGETS: readonly Target[] = [
  {
    name: "postgres",
    spelling: POSTGRES,
    versions: versionsOf([14, 15, 16, 17, 18], (version) => ({
      ...ABLE,
      methods: methodsOf(version * 10_000),
      countsPartitioned: version >= 18,
    })),
    render: postgresStatements,
  },
  {
    name: "sqlserver",
    spelling: SQL_SERVER,
    versions: versionsOf([120, 130, 140, 150, 160], (level) => ({
      ...ABLE,
      methods: METHODS,
      rowSources: level < 130 ? ["staged", "values"] : ["staged", "arrays", "values"],
      upsertsWithoutIndex: true,
      appliesRowsInOrder: false,
      anyConstraint: false,
      advancesIdentity: true,
      upsertsViews: false,
      parallel: false,
    })),
    render: (plan, columns, { rowSources }) =>
      sqlServerStatements(plan, columns, rowSources.includes("arrays")),
  },
  {
    name: "sqlite",
    spelling: SQLITE,
    versions: versionsOf([3], () => ({
      ...ABLE,
      methods: { native: "upsert", proposal: { byUpsert: false, rowTriggersOnly: false } },
      setBased: false,
      advancesIdentity: true,
      upsertsViews: false,
      parallel: false,
    })),
    render: sqliteStatements,
  },
];

function hashOf(texts: readonly string[]): string {
  return createHash("sha256").update(texts.join("\n;\n")).digest("hex").slice(0, 8);
}

/** All uses of the plans of a load. */
function renderAll(
  { plan, columns }: DrawnPlan,
  capabilities: Capabilities,
  render: Target["render"],
): Statements {
  const all = plansOf(plan).map((each) => {
    const carried = columns.filter((name) => each.columns.some((one) => one.name === name));
    return render(each, carried, capabilities);
  });
  const of = (use: keyof Statements): string[] => all.flatMap((each) => each[use]);
  return { set: of("set"), each: of("each"), around: of("around"), going: of("going") };
}

/** The lines of a draw: versions that say the same share one. */
function linesOf(
  seed: number,
  { spelling, versions, render }: Target,
): { readonly lines: readonly string[]; readonly whole: readonly string[] } {
  const found = new Map<string, string[]>();
  let whole: readonly string[] = [];
  const load = drawLoad(seed, spelling);
  for (const { names, capabilities } of versions) {
    const drawn = planOf(load, capabilities);
    if (drawn === null) continue;
    const statements = renderAll(drawn, capabilities, render);
    const { set, each, around, going } = statements;
    const hashes = [set, each, around, going].map(hashOf).join(" ");
    found.set(hashes, [...(found.get(hashes) ?? []), ...names]);
    whole = [...set, ...going].filter((text) => text.length < 1500);
  }
  const number = String(seed).padStart(3, "0");
  const lines = [...found].map(
    ([hashes, names]) => `${number} ${hashes} ${names.join(",")} ${load.title}`,
  );
  return { lines, whole };
}

describe.each(TARGETS)("of generated plans on $name", (target) => {
  const drawn = Array.from({ length: DRAWS }, (_, seed) => linesOf(seed, target));

  test("there are some hundred", () => {
    expect(drawn.filter(({ lines }) => lines.length > 0).length).toBeGreaterThan(200);
  });

  test("the statements are what they were", async () => {
    const text = drawn
      .filter(({ lines }) => lines.length > 0)
      .flatMap(({ lines, whole }, at) =>
        at % EACH_WHOLE === 0 ? [...lines, ...whole.map((each) => `\t${each}`)] : lines,
      )
      .join("\n");

    await expect(`${text}\n`).toMatchFileSnapshot(`__snapshots__/statements-${target.name}.txt`);
  });
});
