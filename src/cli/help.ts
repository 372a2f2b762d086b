/** The texts of the help that the option table does not hold. */
import { flagOf, negationOf, OPTION_NAMES, optionSpec, valueNameOf } from "../options/flag.ts";
import type { Command, OptionGroup } from "../options/option.ts";
import type { OptionName } from "../options/options.ts";
import { alignColumns } from "../errors/format.ts";

/** A command as the help shows it. */
export interface CommandText {
  readonly name: Command;
  /** What it works on, in commander's notation; empty: nothing but options. */
  readonly argument: string;
  readonly usage: string;
  readonly summary: string;
  readonly example: readonly string[];
}

/** Every command; `load` is the default. */
export const COMMANDS: readonly CommandText[] = [
  {
    name: "load",
    argument: "[source...]",
    usage: "SOURCE... --to URL --table NAME [options]",
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
    usage: "SOURCE... --to URL --table NAME [options]",
    summary: "Show what a load would do: mapping, key, strategy, SQL and why; writes nothing.",
    example: ["upsurge plan orders.csv --to shop.db --table orders --key order_no"],
  },
  {
    name: "inspect",
    argument: "[source]",
    usage: "SOURCE | --to URL [--table NAME] [options]",
    summary: "Describe a file, a table (with the keys it offers), or the tables of a database.",
    example: [
      "upsurge inspect orders.csv",
      "upsurge inspect --to shop.db --table orders",
      "upsurge inspect --to postgres://app@db/shop",
    ],
  },
  {
    name: "jobs",
    argument: "",
    usage: "--to URL [--forget NAME | --print-ddl] [options]",
    summary: "List the jobs of a database and how far they have come, or forget one.",
    example: [
      "upsurge jobs --to shop.db",
      "upsurge jobs --to shop.db --forget orders-2026-05",
      "upsurge jobs --to postgres://app@db/shop --print-ddl",
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
  job: "Jobs:",
  output: "Output:",
};

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
    "Streams CSV and NDJSON into PostgreSQL, SQL Server and SQLite, and upserts as it goes.",
    "",
    "Usage: upsurge [load] SOURCE... --to URL --table NAME [options]",
    "       upsurge plan SOURCE... --to URL --table NAME [options]",
    "       upsurge inspect SOURCE | --to URL [--table NAME]",
    "       upsurge jobs --to URL [--forget NAME]",
    "",
    "A source is a file, a pattern, or - for standard input; gzip and zstd are read as they are.",
    "",
    "Commands:",
    ...alignColumns([
      ...COMMANDS.map(({ name, summary }) => [name, summary]),
      ["help COMMAND", "Print the help of a command, with every option."],
    ]),
    "",
    "Everyday options of a load:",
    ...EVERYDAY.flatMap((name) => item(termOf(name), optionSpec(name).summary)),
    "",
    ...examples(load?.example ?? []),
    "",
    "All options: upsurge help load",
  ];
  return `${lines.join("\n")}\n`;
}

/** The help of one command: every option, by group. */
export function commandHelp({ name, usage, summary, example }: CommandText): string {
  const lines = [`Usage: upsurge ${name} ${usage}`, "", summary, ""];
  for (const [group, title] of Object.entries(GROUP_TITLES)) {
    const names = OPTION_NAMES.filter((option) => {
      const spec = optionSpec(option);
      return spec.group === group && spec.commands.includes(name);
    });
    const items = names.flatMap((option) => item(termOf(option), optionText(option)));
    if (items.length > 0) lines.push(title, ...items, "");
  }
  lines.push("Help:", ...item("-h, --help", "Print this help."), "", ...examples(example));
  return `${lines.join("\n")}\n`;
}

/** An option's sentence with its choices, default and environment. */
function optionText(name: OptionName): string {
  const { summary, choices, default: standard, env } = optionSpec(name);
  const notes = [
    ...(choices === undefined ? [] : [`one of ${choices.join(", ")}`]),
    ...(standard === undefined ? [] : [`default ${standard}`]),
    ...(env === undefined ? [] : [`else ${env.map((variable) => `$${variable}`).join(", ")}`]),
  ];
  return notes.length === 0 ? summary : `${summary} (${notes.join("; ")})`;
}

function termOf(name: OptionName): string {
  const { short, choices } = optionSpec(name);
  const value = choices === undefined ? valueNameOf(name) : "WORD";
  const negation = negationOf(name);
  const flags = negation === null ? flagOf(name) : `${flagOf(name)}, ${negation}`;
  return `${short === undefined ? "    " : `-${short}, `}${flags} ${value}`.trimEnd();
}

const TERM_WIDTH = 32;
const WIDTH = 100;

/** A term and its text beside it, wrapped; a long term has its text below. */
function item(term: string, text: string): string[] {
  const room = WIDTH - TERM_WIDTH - 4;
  const lines = text.match(new RegExp(`\\S.{0,${room - 1}}(?=\\s|$)`, "g")) ?? [text];
  const below = lines.map((line) => `${" ".repeat(TERM_WIDTH + 4)}${line}`);
  if (term.length > TERM_WIDTH) return [`  ${term}`, ...below];
  return [`  ${term.padEnd(TERM_WIDTH)}  ${lines[0] ?? ""}`.trimEnd(), ...below.slice(1)];
}

function examples(lines: readonly string[]): string[] {
  return ["Examples:", ...lines.map((line) => `  ${line}`)];
}
