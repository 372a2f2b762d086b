/** The form of the scenario collection, and how a scenario is said on the command line. */

/** What the collection calls an engine. */
export type ScenarioKey = "pg" | "sqlite" | "mssql";

/** A number literal that JavaScript cannot hold. */
interface BigNumber {
  readonly $num: string;
}
type Value = string | number | boolean | null | BigNumber | readonly unknown[];

/** One load of a scenario. */
export interface Step {
  readonly target: string;
  readonly input_format: "csv" | "ndjson" | "generated";
  readonly input_rows?: readonly Readonly<Record<string, Value>>[];
  readonly input?: string;
  readonly input_hex?: string;
  readonly options: {
    readonly key?: readonly string[];
    readonly key_sql?: Readonly<Record<string, string>>;
    readonly constraint?: string;
    readonly key_where?: string;
    readonly update?: "*" | readonly string[];
    readonly set?: Readonly<Record<string, string>>;
    readonly where?: string;
    readonly ignore?: boolean | "any";
    readonly path?: "fallback";
    readonly overriding?: "system";
    readonly null_string?: string | null;
    readonly encoding?: string;
  };
}

/** A scenario: one load, or several steps in order. */
export interface Scenario extends Step {
  readonly id: string;
  readonly engines: readonly string[];
  readonly setup_sql: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
  readonly check_select: string;
  readonly expected_rows?: readonly Value[][] | Readonly<Record<string, readonly Value[][]>>;
  readonly expected_counts?: Readonly<Record<string, number>>;
  readonly expected_rejects?: readonly {
    readonly row: number;
    readonly pg?: string;
    readonly sqlite?: string;
    readonly mssql?: number;
  }[];
  readonly expected_error?: unknown;
}

interface LoadContext {
  readonly key: ScenarioKey;
  readonly setup: string;
  readonly rejects: Scenario["expected_rejects"] | undefined;
}

/** What a step is on the command line. */
export interface ScenarioLoad {
  readonly input: string | Uint8Array;
  readonly extension: "csv" | "ndjson";
  readonly flags: readonly string[];
  /** The strategy that the scenario insists on. */
  readonly strategy: string | null;
}

/** Says a step in flags and bytes. */
export function loadOf(step: Step, context: LoadContext): ScenarioLoad {
  return {
    input: inputOf(step),
    extension: step.input_format === "ndjson" ? "ndjson" : "csv",
    flags: [...keyFlags(step, context), ...updateFlags(step), ...sourceFlags(step)],
    strategy: mustLook(step, context) ? "select-then-write" : null,
  };
}

/** SQL Server has no native form of "any unique key". */
function mustLook({ options }: Step, { key }: LoadContext): boolean {
  return options.path === "fallback" || (key === "mssql" && options.ignore === "any");
}

function inputOf({
  input,
  input_hex: hex,
  input_rows: rows,
  input_format: format,
}: Step): string | Uint8Array {
  if (hex !== undefined) return Buffer.from(hex, "hex");
  if (input !== undefined) return input;
  if (format === "generated") {
    return `id,value\n${Array.from({ length: 32_768 }, (_, id) => `${id},${id}\n`).join("")}`;
  }
  return (rows ?? []).map((row) => `${json(row)}\n`).join("");
}

/** JSON with big number literals written out. */
function json(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(json).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if ("$num" in value) return String(value.$num);
  return `{${Object.entries(value)
    .map(([name, each]) => `${JSON.stringify(name)}:${json(each)}`)
    .join(",")}}`;
}

function keyFlags(step: Step, { key: engine, setup, rejects }: LoadContext): string[] {
  const { key, key_sql: keySql, constraint, key_where: keyWhere, overriding } = step.options;
  const flags: string[] = [];
  if (key !== undefined) flags.push("--key", key.join(","));
  if (keySql !== undefined) flags.push("--constraint", indexOn(setup, keySql[engine] ?? ""));
  if (constraint !== undefined) flags.push("--constraint", constraint);
  if (keyWhere !== undefined) flags.push("--key-where", keyWhere);
  if (overriding === "system") flags.push("--keep-identity");
  const nullKeys = (step.input_rows ?? []).some((row) =>
    (key ?? []).some((name) => (row[name] ?? null) === null),
  );
  if (nullKeys && rejects === undefined) flags.push("--null-key", "insert");
  return flags;
}

/** The name of the index that the setup makes on an expression. */
function indexOn(setup: string, expression: string): string {
  for (const [, name, parts] of setup.matchAll(
    /create unique index (\w+) on \w+\s*\((.*?)\)\s*;/gi,
  )) {
    if (parts === expression || `(${parts})` === expression) return name ?? "";
  }
  throw new Error(`the setup has no unique index on ${expression}`);
}

function updateFlags({ options: { update, set, where, ignore } }: Step): string[] {
  const flags: string[] = [];
  const empty = Array.isArray(update) && update.length === 0;
  if (ignore !== undefined || empty) flags.push("--ignore");
  if (ignore === "any") flags.push("--any-constraint");
  if (Array.isArray(update) && !empty) flags.push("--update-columns", update.join(","));
  for (const [column, expression] of Object.entries(set ?? {})) {
    flags.push("--set", `${column} = ${expression}`);
  }
  if (where !== undefined) flags.push("--update-where", where);
  return flags;
}

function sourceFlags({ options: { null_string: nullString, encoding } }: Step): string[] {
  const flags: string[] = [];
  if (nullString === "") flags.push("--empty", "null");
  if (nullString === null) flags.push("--empty", "string");
  if (encoding !== undefined) flags.push("--encoding", encoding);
  return flags;
}

/** A leading `set datestyle = …` of the setup, as libpq's environment says it. */
export function settingsOf(setup: string): Record<string, string> {
  const found = /^\s*set\s+(\w+)\s*=\s*'?([^';]*)'?\s*;/i.exec(setup);
  return found === null
    ? {}
    : { PGOPTIONS: `-c ${found[1]}=${(found[2] ?? "").replaceAll(" ", "\\ ")}` };
}

/** The expected rows, every value as the engine writes it in text. */
export function textRows(
  { expected_rows: expected }: Scenario,
  key: ScenarioKey,
): (string | null)[][] {
  const rows = Array.isArray(expected)
    ? (expected as readonly Value[][])
    : ((expected as Readonly<Record<string, readonly Value[][]>> | undefined)?.[
        key === "mssql" ? "pg" : key
      ] ?? []);
  return rows.map((row) =>
    row.map((value) => {
      if (value === null) return null;
      if (typeof value === "boolean" && key === "pg") return value ? "t" : "f";
      return typeof value === "string" ? value : json(value);
    }),
  );
}
