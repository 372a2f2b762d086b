/** The texts of the help that the option table does not hold. */
import {
  flagOf,
  negationOf,
  OPTION_NAMES,
  optionSpec,
  summaryOf,
  valueNameOf,
} from "../options/flag.ts";
import type { Command, OptionGroup } from "../options/option.ts";
import type { OptionName } from "../options/options.ts";

/** A command as the help shows it. */
export interface CommandText {
  readonly name: Command;
  /** What it works on, in commander's notation; empty: nothing but options. */
  readonly argument: string;
  readonly usage: string;
  readonly summary: string;
  /** The same in a few words. */
  readonly brief: string;
  readonly example: readonly string[];
}

/** Every command; `load` is the default. */
export const COMMANDS: readonly CommandText[] = [
  {
    name: "load",
    argument: "[source...]",
    usage: "SOURCE... --to URL --table NAME [options]",
    summary: "Load files into a table; the default command.",
    brief: "load files into a table; the default command",
    example: [
      "upsurge orders.csv --to shop.db --table orders --key order_no",
      "upsurge 'events/*.ndjson.gz' --to postgres://app@db/shop --table events --key id --max-rejects 1%",
      "zcat big.csv.gz | upsurge - --to $DATABASE_URL --table sales.orders --key id --dry-run",
    ],
  },
  {
    name: "run",
    argument: "[folder...]",
    usage: "FOLDER... | MANIFEST.yaml [--to URL] [options]",
    summary:
      "Load every file of a folder into the table of its name, or what a manifest lists: parents first, all or nothing.",
    brief: "load a folder of files into their tables, as one",
    example: [
      "upsurge run seeds/ --to shop.db",
      "upsurge run seed.yaml --env-file .env",
      "upsurge run seeds/ seeds.dev/ --to postgres://app@db/shop --check",
      "upsurge plan seeds/ --to postgres://app@db/shop",
    ],
  },
  {
    name: "plan",
    argument: "[source...]",
    usage: "SOURCE... --to URL --table NAME [options]",
    summary: "Show what a load would do: mapping, key, strategy, SQL and why; writes nothing.",
    brief: "show what a load would do, and write nothing",
    example: ["upsurge plan orders.csv --to shop.db --table orders --key order_no"],
  },
  {
    name: "inspect",
    argument: "[source]",
    usage: "SOURCE | --to URL [--table NAME] [options]",
    summary: "Describe a file, a table (with the keys it offers), or the tables of a database.",
    brief: "describe a file, a table or a database",
    example: [
      "upsurge inspect orders.csv",
      "upsurge inspect --to shop.db --table orders",
      "upsurge inspect --to postgres://app@db/shop",
    ],
  },
  {
    name: "jobs",
    argument: "",
    usage: "--to URL [--job NAME | --forget NAME | --print-ddl] [options]",
    summary: "List the jobs of a database and how far they have come, or forget one.",
    brief: "list the jobs of a database, or forget one",
    example: [
      "upsurge jobs --to shop.db",
      "upsurge jobs --to postgres://app@db/shop --job orders-2026-05",
      "upsurge jobs --to shop.db --forget orders-2026-05",
      "upsurge jobs --to postgres://app@db/shop --print-ddl",
    ],
  },
  {
    name: "finish",
    argument: "",
    usage: "--to URL --job NAME [options]",
    summary:
      "Make one finished job of the shards of a job: one report, one reject file, and what comes after all records.",
    brief: "end a job of several shards, once all are done",
    example: [
      "upsurge finish --to postgres://app@db/shop --job orders",
      "upsurge finish --to postgres://app@db/shop --job orders --table orders --sync-sequences --after 'analyze orders'",
    ],
  },
  {
    name: "split",
    argument: "[source...]",
    usage: "SOURCE... --key a,b --shards N --out DIR [options]",
    summary:
      "Share the records of files out among N pieces by key, as they are and in their order, each to be loaded by a process of its own.",
    brief: "cut files into pieces by key, for several processes",
    example: [
      "upsurge split clicks.csv --key page --shards 8 --out pieces",
      "upsurge split 'clicks/*.csv.gz' --key page,day --shards 32 --compress gzip --out pieces",
      'seq 0 7 | xargs -P 8 -I{} upsurge pieces/piece-{}.csv --piece --to "$DATABASE_URL" --table clicks --key page',
    ],
  },
  {
    name: "report",
    argument: "[report...]",
    usage: "FILE.json | FOLDER --out FILE.html [options]",
    summary:
      "Make a page of a report that --report has written or, of a folder of reports, a page of how loads change over time.",
    brief: "make a page of a report, or of a folder of them",
    example: [
      "upsurge report load.json --out load.html",
      "upsurge report reports/ --out index.html",
    ],
  },
  {
    name: "completion",
    argument: "[shell...]",
    usage: "bash | zsh | fish | powershell",
    summary:
      "Print the script that makes a shell complete commands, options, files, and the names in your database.",
    brief: "print the script that makes a shell complete words",
    example: [
      "upsurge completion bash > ~/.local/share/bash-completion/completions/upsurge",
      "upsurge completion zsh > ~/.zfunc/_upsurge",
      "upsurge completion fish > ~/.config/fish/completions/upsurge.fish",
    ],
  },
];

/** The headings of the groups. */
export const GROUP_TITLES: Readonly<Record<OptionGroup, string>> = {
  target: "Target:",
  source: "Source:",
  values: "Values:",
  mapping: "Mapping:",
  table: "Table:",
  conflict: "Conflict:",
  steps: "Before and after:",
  deletes: "Deletes:",
  run: "Run:",
  job: "Jobs:",
  output: "Output:",
};

/** An example of each group, for a load. */
const GROUP_EXAMPLES: Readonly<Record<OptionGroup, string>> = {
  target: "upsurge orders.csv --to postgres://app@db/shop --table sales.orders",
  source: "upsurge a.csv --to shop.db --table orders --delimiter ';' --encoding windows-1252",
  values: "upsurge a.csv --to shop.db --table orders --delimiter ';' --decimal , --thousands .",
  mapping: "upsurge a.csv --to shop.db --table orders --map 'Order No:order_no' --map note:",
  table: "upsurge orders.csv --to new.db --create --key order_no",
  conflict: "upsurge a.csv --to shop.db --table orders --key order_no --update-columns=-created_at",
  steps: "upsurge a.csv --to shop.db --table orders --truncate --before 'delete from totals'",
  deletes:
    "upsurge a.csv --to shop.db --table orders --key order_no --delete-missing --max-delete 5%",
  run: "upsurge a.csv --to shop.db --table orders --max-rejects 1% --reject-file bad.csv",
  job: "upsurge a.csv --to shop.db --table orders --key order_no --commit 100000 --job orders",
  output: "upsurge a.csv --to shop.db --table orders --key order_no --report load.json",
};

/** The options that most loads take, in fewer words than their own help. */
const EVERYDAY: readonly (readonly [OptionName, string])[] = [
  ["to", "postgres://…, sqlserver://…, sqlite:PATH or a file.db"],
  ["table", "the table or view; may be qualified: sales.orders"],
  ["key", "the key columns: rows that exist are updated"],
  ["create", "create the table if it does not exist"],
  ["map", "put this field into that column; field: drops it"],
  ["maxRejects", "go on past this many bad records"],
  ["dryRun", "do everything, print the true counts, undo it"],
];

/** The help of `upsurge` by itself: one screen of 80 columns and 24 lines. */
export function rootHelp(columns?: number): string {
  const width = widthFor(columns);
  const terms = EVERYDAY.map(([name, text]) => [termOf(name, false), text] as const);
  const commands = COMMANDS.map(({ name, brief }) => [name, brief] as const);
  const lines = [
    ...wrapped(
      "Streams CSV and NDJSON into PostgreSQL, SQL Server and SQLite, with upserts.",
      width,
    ),
    "Usage:   upsurge [load] SOURCE... --to URL --table NAME [options]",
    ...exampleLines("upsurge orders.csv --to shop.db --table orders --key order_no", width),
    "",
    "Commands:",
    ...items([...commands, ["help WORD", "explain a command, with all options, or a code"]], width),
    "",
    "Everyday options of a load:",
    ...items(terms, width),
  ];
  return `${lines.join("\n")}\n`;
}

/** In one line where there is room: the help is one screen. */
function exampleLines(line: string, width: number): string[] {
  const short = `Example: ${line}`;
  return short.length <= width ? [short] : ["Example:", ...command(line, width)];
}

/** The help of one command: every option, by group. */
export function commandHelp(
  { name, usage, summary, example }: CommandText,
  columns?: number,
): string {
  const width = widthFor(columns);
  const lines = [`Usage: upsurge ${name} ${usage}`, "", ...wrapped(summary, width), ""];
  for (const [group, title] of Object.entries(GROUP_TITLES)) {
    const names = OPTION_NAMES.filter((option) => {
      const spec = optionSpec(option);
      return spec.group === group && spec.commands.includes(name);
    });
    if (names.length === 0) continue;
    const shown = items(
      names.map((option) => [termOf(option), optionText(option, name)] as const),
      width,
    );
    const line = GROUP_EXAMPLES[group as OptionGroup];
    lines.push(
      title,
      ...shown,
      ...(name === "load" ? ["  Example:", ...command(line, width)] : []),
      "",
    );
  }
  lines.push("Help:", ...items([["-h, --help", "Print this help."]], width), "", "Examples:");
  lines.push(...example.flatMap((line) => command(line, width)));
  return `${lines.join("\n")}\n`;
}

/** An option's sentence with its choices, default and environment. */
function optionText(name: OptionName, command: Command): string {
  const { choices, default: standard, env } = optionSpec(name);
  const summary = summaryOf(name, command);
  const notes = [
    ...(choices === undefined ? [] : [`one of ${choices.join(", ")}`]),
    ...(standard === undefined ? [] : [`default ${standard}`]),
    ...(env === undefined ? [] : [`else ${env.map((variable) => `$${variable}`).join(", ")}`]),
  ];
  return notes.length === 0 ? summary : `${summary} (${notes.join("; ")})`;
}

/** `-k, --key, --pk, --conflict-key a,b`. */
function termOf(name: OptionName, withAliases = true): string {
  const { short, choices, aliases = [] } = optionSpec(name);
  const value = choices === undefined ? valueNameOf(name) : "WORD";
  const negation = negationOf(name);
  const flags = [
    flagOf(name),
    ...(negation === null ? [] : [negation]),
    ...(withAliases ? aliases.map((alias) => `--${alias}`) : []),
  ];
  return `${short === undefined ? "    " : `-${short}, `}${flags.join(", ")} ${value}`.trimEnd();
}

/** Lines are as long as the terminal is wide, within reason; where that is not known, as most are. */
function widthFor(columns: number | undefined): number {
  const known = columns === undefined || columns === 0 ? 80 : columns;
  return Math.min(120, Math.max(60, known));
}

/** Terms and their texts next to them, wrapped; a term that is too long has its text below. */
function items(list: readonly (readonly [term: string, text: string])[], width: number): string[] {
  const most = width < 90 ? 26 : 32;
  const lengths = list.map(([term]) => term.length).filter((length) => length <= most);
  const column = Math.max(0, ...lengths);
  return list.flatMap(([term, text]) => {
    const lines = wrapped(text, width - column - 4);
    const below = lines.map((line) => `${" ".repeat(column + 4)}${line}`);
    if (term.length > column) return [`  ${term}`, ...below];
    return [`  ${term.padEnd(column)}  ${lines[0] ?? ""}`.trimEnd(), ...below.slice(1)];
  });
}

/** A text in lines of at most `width`, broken between words. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length > width && line !== "") {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** A command that can be pasted: broken before flags, with a backslash, where it is too long. */
function command(line: string, width: number): string[] {
  const lines: string[] = [];
  let rest = "";
  for (const part of line.split(/ (?=--|[|>] )/)) {
    const longer = rest === "" ? part : `${rest} ${part}`;
    if (longer.length > width - 6 && rest !== "") {
      lines.push(`${lines.length === 0 ? "  " : "    "}${rest} \\`);
      rest = part;
    } else rest = longer;
  }
  return [...lines, `${lines.length === 0 ? "  " : "    "}${rest}`];
}
