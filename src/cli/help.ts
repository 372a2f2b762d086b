/** The texts of the help that the option table does not hold. */
import { flagOf, optionSpec, valueNameOf } from "../options/flag.ts";
import type { Command, OptionGroup } from "../options/option.ts";
import type { OptionName } from "../options/options.ts";
import { alignColumns } from "../report/format.ts";

/** A command as the help shows it. */
export interface CommandText {
  readonly name: Command;
  /** What it works on, in commander's notation. */
  readonly argument: string;
  readonly summary: string;
  readonly example: readonly string[];
}

/** Every command; `load` is the default. */
export const COMMANDS: readonly CommandText[] = [
  {
    name: "load",
    argument: "[source...]",
    summary: "Load files into a table; the default command.",
    example: [
      "upsurge orders.csv --to shop.db --table orders --key order_no",
      "upsurge 'events/*.ndjson.gz' --to postgres://app@db/shop --table events --key id --max-rejects 1%",
      "zcat big.csv.gz | upsurge - --to $DATABASE_URL --table sales.orders --key id --dry-run",
    ],
  },
  {
    name: "plan",
    argument: "[source...]",
    summary: "Show what a load would do: mapping, key, strategy, SQL and why; writes nothing.",
    example: ["upsurge plan orders.csv --to shop.db --table orders --key order_no"],
  },
  {
    name: "inspect",
    argument: "[source]",
    summary: "Describe a file, a table (with the keys it offers), or the tables of a database.",
    example: [
      "upsurge inspect orders.csv",
      "upsurge inspect --to shop.db --table orders",
      "upsurge inspect --to postgres://app@db/shop",
    ],
  },
];

/** The headings of the groups. */
export const GROUP_TITLES: Readonly<Record<OptionGroup, string>> = {
  target: "Target:",
  source: "Source:",
  mapping: "Mapping:",
  conflict: "Conflict:",
  run: "Run:",
  output: "Output:",
};

/** An option's sentence with its default and environment. */
export function optionText(name: OptionName): string {
  const { summary, default: standard, env } = optionSpec(name);
  const notes = [
    ...(standard === undefined ? [] : [`default ${standard}`]),
    ...(env === undefined ? [] : [`else ${env.map((variable) => `$${variable}`).join(", ")}`]),
  ];
  return notes.length === 0 ? summary : `${summary} (${notes.join("; ")})`;
}

const EVERYDAY: readonly OptionName[] = [
  "to",
  "table",
  "key",
  "ignore",
  "updateColumns",
  "updateWhere",
  "map",
  "maxRejects",
  "dryRun",
  "json",
];

/** The help of `upsurge` by itself: one screen. */
export function rootHelp(): string {
  const load = COMMANDS.find(({ name }) => name === "load");
  const lines = [
    "Streams CSV and NDJSON into PostgreSQL and SQLite, and upserts as it goes.",
    "",
    "Usage: upsurge [load] <source...> --to URL --table NAME [options]",
    "       upsurge plan <source...> --to URL --table NAME [options]",
    "       upsurge inspect <source> | --to URL [--table NAME]",
    "",
    "A source is a file, a pattern, or - for standard input; gzip and zstd are read as they are.",
    "",
    "Commands:",
    ...alignColumns([
      ...COMMANDS.map(({ name, summary }) => [name, summary]),
      ["help [command]", "Print the help of a command, with every option."],
    ]),
    "",
    "Everyday options of a load:",
    ...alignColumns(EVERYDAY.map((name) => [everydayFlag(name), optionSpec(name).summary])),
    "",
    "Examples:",
    ...(load?.example ?? []).map((line) => `  ${line}`),
    "",
    "All options: upsurge help load",
  ];
  return `${lines.join("\n")}\n`;
}

function everydayFlag(name: OptionName): string {
  const { short } = optionSpec(name);
  return `${short === undefined ? "    " : `-${short}, `}${flagOf(name)} ${valueNameOf(name)}`.trimEnd();
}
