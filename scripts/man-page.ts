/** The manual page, `man/upsurge.1`, in the macros of mdoc: from the option table, the texts of the help, and the page of exit codes. */
import { COMMANDS, GROUP_TITLES } from "../src/cli/help.ts";
import { OPTION_NAMES, optionSpec, spellingsOf, valueNameOf } from "../src/options/flag.ts";
import type { OptionName } from "../src/options/options.ts";

/** When the page last changed in more than its options. */
const DATE = "November 29, 2026";

const WIDTH = 78;

/** The page; `exitCodes` is the text of docs/reference/exit-codes.md. */
export function manPage(exitCodes: string): string {
  const lines = [
    '.\\" Made by `npm run docs` from the code; do not edit.',
    `.Dd ${DATE}`,
    ".Dt UPSURGE 1",
    ".Os",
    ".Sh NAME",
    ".Nm upsurge",
    ".Nd load CSV and NDJSON into a database, with upserts",
    ".Sh SYNOPSIS",
    ...COMMANDS.flatMap(({ name, usage }) => [".Nm", escaped(`${name} ${usage}`)]),
    ".Sh DESCRIPTION",
    ".Nm",
    ...text(
      "streams files of CSV and NDJSON into a table of PostgreSQL, SQL Server or SQLite. A load equals its records applied one at a time, in the order of the file. A source is a file, a pattern, or `-` for standard input; gzip and zstd are read as they are.",
    ),
    ".Pp",
    ...text(
      "A flag comes before a manifest, that before the environment, that before a config, that before the default. The variable of an option is `UPSURGE_` and its name in capitals, as in `UPSURGE_LOG_FORMAT`; options that hold SQL, delete, create or reset have none.",
    ),
    ...text(
      "Separate the names of a list with commas. Sizes are `64MiB`, `10MB` or bytes; times are `250ms`, `30s`, `5m`, `1h` or `0`.",
    ),
    ".Sh COMMANDS",
    ".Bl -tag -width Ds",
    ...COMMANDS.flatMap(({ name, summary }) => [`.It Cm ${macroWord(name)}`, ...text(summary)]),
    ".It Cm help Ar word",
    ...text("Explain a command, with all of its options, or the code of an error."),
    ".El",
    ".Sh OPTIONS",
    ...Object.entries(GROUP_TITLES).flatMap(([group, title]) => groupLines(group, title)),
    ".Sh EXIT STATUS",
    ".Bl -tag -width 128+n",
    ...exitLines(exitCodes),
    ".El",
    ".Sh EXAMPLES",
    ...COMMANDS.flatMap(({ example }) => example.flatMap((line) => [`.Dl ${escaped(line)}`])),
  ];
  return `${lines.join("\n")}\n`;
}

function groupLines(group: string, title: string): string[] {
  const names = OPTION_NAMES.filter((name) => optionSpec(name).group === group);
  return [
    `.Ss ${title.replace(":", "")}`,
    ".Bl -tag -width Ds",
    ...names.flatMap((name) => optionLines(name)),
    ".El",
  ];
}

function optionLines(name: OptionName): string[] {
  const { choices, default: standard, env, commands, ...texts } = optionSpec(name);
  const { summary, summaryIn = {}, details } = texts;
  const flags = spellingsOf(name).map((flag) => `Fl ${escaped(flag.replace(/^-/, ""))}`);
  const value = choices === undefined ? valueNameOf(name) : "WORD";
  const argument = value === "" ? "" : ` Ar ${macroWord(value)}`;
  const facts = [
    ...(choices === undefined ? [] : [`One of ${choices.map(code).join(", ")}.`]),
    ...(standard === undefined || standard === "" ? [] : [`Default: ${code(standard)}.`]),
    ...(env === undefined ? [] : [`Environment: ${env.map(code).join(", ")}.`]),
    `For ${commands.map(code).join(", ")}.`,
  ];
  return [
    `.It ${flags.join(" , ")}${argument}`,
    ...text(summary),
    ...(details === undefined ? [] : text(details)),
    ...Object.entries(summaryIn).flatMap(([command, said]) =>
      text(`With ${code(command)}: ${said}`),
    ),
    ...text(facts.join(" ")),
  ];
}

/** The first two columns of the table of that page. */
function exitLines(page: string): string[] {
  return [...page.matchAll(/^\| ([\d+n]+) \| ([^|]+) \|/gm)].flatMap(
    ([, exit = "", meaning = ""]) => [`.It ${escaped(exit)}`, ...text(meaning)],
  );
}

function code(word: string): string {
  return word.includes("`") ? word : `\`${word}\``;
}

/** A text in lines, a sentence beginning a line; marks of code are left out. */
function text(markdown: string): string[] {
  return markdown
    .split(/(?<=[.?!:]\)?) +(?=[A-Z`])/)
    .flatMap(wrapped)
    .map((line) => escaped(line.replaceAll("`", "")))
    .map((line) => line.replace(/^(?=[.'])/, "\\&"));
}

/** Broken between words, so that no line is one that the formatter would take for too long. */
function wrapped(sentence: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of sentence.split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (escaped(longer).length > WIDTH && line !== "") {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** One argument of a macro, which is not taken for a macro itself. */
function macroWord(word: string): string {
  const safe = `\\&${escaped(word)}`;
  return /\s/.test(word) ? `"${safe}"` : safe;
}

/** What means nothing to the formatter. A hyphen stays one that can be copied. */
function escaped(plain: string): string {
  return plain
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll('"', "\\(dq")
    .replaceAll("'", "\\(aq")
    .replaceAll("`", "\\(ga")
    .replaceAll("~", "\\(ti")
    .replaceAll("^", "\\(ha")
    .replace(
      /[^\n\u0020-\u007E]/gu,
      (found) => `\\[u${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`,
    );
}
