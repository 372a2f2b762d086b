/**
 * The pages that are made from the code: docs/reference/options.md from the option table, docs/reference/errors.md from the registries,
 * docs/reference/postgres-connections.md from the table of connection parameters, docs/reference/manifest.schema.json, config.schema.json
 * and environment.md from the option table, man/upsurge.1 from the option table and the page of exit codes.
 * Writes nothing; `docs.mjs` writes them.
 */
import { readFileSync } from "node:fs";
import { GROUP_TITLES } from "../src/cli/help.ts";
import { ERROR_CODES } from "../src/errors/codes.ts";
import type { ErrorTexts } from "../src/errors/codes.ts";
import { ROW_CODES } from "../src/errors/row-codes.ts";
import { flagOf, OPTION_NAMES, optionSpec, spellingsOf, valueNameOf } from "../src/options/flag.ts";
import { variablesOf } from "../src/options/layers/ambient.ts";
import type { OptionName } from "../src/options/options.ts";
import { configSchema } from "./config-schema.ts";
import { connectionsPage } from "./connections-page.ts";
import { environmentPage } from "./environment-page.ts";
import { manPage } from "./man-page.ts";
import { manifestSchema } from "./manifest-schema.ts";

const NOTE = "<!-- Made by `npm run docs` from the code; do not edit. -->";

const EXIT_CODES = new URL("../docs/reference/exit-codes.md", import.meta.url);

/** A generated page: its path in the project and its text. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** Every generated page. */
export function generatedPages(): readonly Page[] {
  return [
    { path: "docs/reference/options.md", text: optionsPage() },
    { path: "docs/reference/errors.md", text: errorsPage() },
    { path: "docs/reference/postgres-connections.md", text: connections() },
    { path: "docs/reference/manifest.schema.json", text: manifestSchema() },
    { path: "docs/reference/config.schema.json", text: configSchema() },
    { path: "docs/reference/environment.md", text: environment() },
    { path: "man/upsurge.1", text: manPage(readFileSync(EXIT_CODES, "utf8")) },
  ];
}

function environment(): string {
  return `${["# Variables that give options", NOTE, "", ...environmentPage()].join("\n")}\n`;
}

function connections(): string {
  return `${["# Connections to PostgreSQL", NOTE, "", ...connectionsPage()].join("\n")}\n`;
}

function optionsPage(): string {
  const lines = [
    "# Options",
    NOTE,
    "",
    "Every option of every command. A flag comes before [a manifest](manifest.md), that before [the environment](environment.md), that before [a config](config.md), that before the default.",
    "Separate the names of a list with commas; put a name that contains a comma in double quotes: `--key 'a,\"b,c\"'`.",
    "Sizes are `64MiB`, `10MB` or bytes; times are `250ms`, `30s`, `5m`, `1h` or `0`.",
  ];
  for (const [group, title] of Object.entries(GROUP_TITLES)) {
    lines.push("", `## ${title.replace(":", "")}`);
    for (const name of OPTION_NAMES.filter((each) => optionSpec(each).group === group)) {
      lines.push("", ...optionSection(name));
    }
  }
  return `${lines.join("\n")}\n`;
}

function optionSection(name: OptionName): string[] {
  const { choices, default: standard, sql, commands, example, ...texts } = optionSpec(name);
  const { summary, summaryIn = {}, details } = texts;
  const env = variablesOf(name);
  const [flag = "", ...others] = spellingsOf(name);
  const facts = [
    others.length === 0 ? null : `also ${others.map(code).join(", ")}`,
    choices === undefined ? null : `one of ${choices.map(code).join(", ")}`,
    standard === undefined ? null : `default ${code(standard)}`,
    env.length === 0 ? null : `environment ${env.map((each) => code(`$${each}`)).join(", then ")}`,
    sql === undefined ? null : `SQL, refused under ${code(flagOf("rawSql"))}`,
    `for ${commands.map(code).join(", ")}`,
  ].filter((fact) => fact !== null);
  return [
    `### \`${`${flag} ${choices === undefined ? valueNameOf(name) : "WORD"}`.trimEnd()}\``,
    "",
    summary,
    ...(details === undefined ? [] : ["", details]),
    ...Object.entries(summaryIn).flatMap(([command, said]) => [
      "",
      `With ${code(command)}: ${said}`,
    ]),
    "",
    `${capital(facts.join("; "))}. Example: ${code(example)}`,
  ];
}

/** The beginnings of the codes of a family, its title, and what its errors have in common. */
type Family = readonly [beginnings: readonly string[], title: string, text: string];

const FAMILIES: readonly Family[] = [
  [
    ["COMMAND_", "OPTION_"],
    "Options",
    "The command line cannot be understood. Nothing was opened.",
  ],
  [["SOURCE_"], "Sources", "A file cannot be read, or is not what it seems."],
  [["TARGET_"], "Targets", "The database cannot be reached, or refuses to go on."],
  [["PLAN_"], "Plans", "The load cannot work on this table. Nothing was written."],
  [
    ["STEP_", "DELETE_", "LATE_"],
    "Before and after the records",
    "What is run, deleted or set besides the records did not go as it should.",
  ],
  [
    ["RUN_"],
    "Runs",
    "The loads of a run do not go together, or may not go there. Nothing was written.",
  ],
  [["MANIFEST_"], "Manifests", "The manifest of a run cannot be understood. Nothing was opened."],
  [
    ["CONFIG_"],
    "Configs",
    "The config cannot be understood, or has no connection of that name. Nothing was opened.",
  ],
  [["REJECT_"], "Rejects", "More records were rejected than allowed, or they cannot be kept."],
  [
    ["OUTPUT_", "REPORT_"],
    "Output",
    "A result that was asked for cannot be written, or a report cannot be read.",
  ],
  [
    ["JOB_", "CHECKPOINT_"],
    "Jobs",
    "What was committed before does not fit this load, or another run is at it.",
  ],
  [["SHARD_", "SHARDS_"], "Shards", "The processes of a job are not what this command needs."],
  [["SPLIT_"], "Splits", "Files cannot be cut into pieces. Nothing was left behind."],
  [["INTERNAL"], "Bugs", "Please report these."],
];

/** The family of each code. Throws for a code that is in none: it would be on no page. */
function familyOf(code: string): Family {
  const found = FAMILIES.find(([beginnings]) => beginnings.some((each) => code.startsWith(each)));
  if (found === undefined) throw new Error(`${code} is in no family of docs/reference/errors.md`);
  return found;
}

function errorsPage(): string {
  const lines = [
    "# Errors",
    NOTE,
    "",
    "An error is four short lines on stderr: what and its code, the cause, the fix, and where. Flags to choose from are below the fix, one a line.",
    "Codes stay the same from version to version; texts may change. Words in *italics* are replaced by the facts of the case.",
    "[Exit codes](exit-codes.md) are explained on a page of their own.",
  ];
  const all = Object.entries<ErrorTexts>(ERROR_CODES).map(
    ([name, texts]) => [familyOf(name), name, texts] as const,
  );
  for (const family of FAMILIES) {
    const [, title, text] = family;
    lines.push("", `## ${title}`, "", text, "", "| Code | What | Cause | How to solve | Exit |");
    lines.push("|---|---|---|---|---|");
    for (const [of, name, { title, cause, fix, exit }] of all) {
      if (of !== family) continue;
      lines.push(`| ${[code(name), ...[title, cause, fix].map(prose), exit].join(" | ")} |`);
    }
  }
  lines.push("", ...rowCodeSection());
  return `${lines.join("\n")}\n`;
}

function rowCodeSection(): string[] {
  return [
    "## Rejected records",
    "",
    "Codes in the reject report. A fault has the same code on every database; the database's own code is given with it.",
    "",
    "| Code | What | How to solve |",
    "|---|---|---|",
    ...Object.entries(ROW_CODES).map(
      ([name, { title, fix }]) => `| ${code(name)} | ${prose(title)} | ${prose(fix)} |`,
    ),
  ];
}

function code(text: string): string {
  const fence = text.includes("`") ? "``" : "`";
  return `${fence}${text.replaceAll("|", "\\|")}${fence}`;
}

/** The text for people: facts in italics, flags as code, nothing that Markdown would take for its own. */
function prose(text: string): string {
  return text
    .replaceAll("|", "\\|")
    .replaceAll("*", "\\*")
    .replace(/\{(\w+)\}/g, "*$1*");
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
