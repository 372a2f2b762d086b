/** What a command lacks, all of it at once, with a command that is whole. */
import { sentenceList } from "../errors/format.ts";
import { shellWord } from "../errors/shell-word.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import { tableOfSources, withDefaultTable } from "./default-table.ts";
import { optionSpec } from "./flag.ts";
import type { Command } from "./option.ts";
import type { Options } from "./options.ts";

interface Lack {
  readonly flag: string;
  readonly reason: string;
}

/** Throws OPTION_MISSING where a source, `--to` or `--table` is missing: an empty variable must not look like success. */
export function refuseIncomplete(
  options: Options,
  command: Command,
  sources: readonly string[],
): void {
  const lacks = lacksOf(options, command, sources);
  const [only, ...others] = lacks;
  if (only === undefined) return;
  const flags = lacks.map(({ flag }) => flag);
  const fix = fixOf(options, command, { sources, flags });
  const reason = lacks.map((each) => each.reason).join("; ");
  const title = others.length === 0 ? undefined : `${sentenceList(flags)} are missing`;
  throw upsurgeError("OPTION_MISSING", { flag: sentenceList(flags), reason }, { title, fix });
}

function lacksOf(given: Options, command: Command, sources: readonly string[]): Lack[] {
  const { to, table } = withDefaultTable(given, sources);
  const lacks: Lack[] = [];
  const isJobs = command === "jobs" || command === "finish";
  const isRun = command === "run";
  if (!isJobs && sources.length === 0) {
    lacks.push({
      flag: isRun ? "a folder or a manifest" : "a source",
      reason: "there is nothing to load",
    });
  }
  if (to === null || to === "") {
    const what = isJobs ? "jobs are kept in" : "a load needs";
    const reason = `${what} a database, and neither $UPSURGE_TO nor $DATABASE_URL names one`;
    lacks.push({ flag: "--to", reason });
  }
  if (!isJobs && !isRun && (table === null || table === "")) {
    const reason = given.create
      ? "--create names the table after its file; a stream, a pattern and files of several names have no such name"
      : "a load needs a table to load into";
    lacks.push({ flag: "--table", reason });
  }
  return lacks;
}

/** One option is added to what is there; a source, or several things, are shown in a whole command. */
function fixOf(
  { to, table }: Options,
  command: Command,
  { sources, flags }: { readonly sources: readonly string[]; readonly flags: readonly string[] },
): string {
  const behind = sources.findIndex((source) => /^--\w/.test(source));
  if (behind !== -1) {
    const [files, words] = [sources.slice(0, behind), sources.slice(behind)];
    return `what comes behind -- is a source; write the options before it: ${afterDashes(command, words, files)}`;
  }
  const [only] = flags;
  const [manifest] = sources.filter((source) => /\.ya?ml$/i.test(source));
  if (command === "load" && manifest !== undefined) {
    return `a manifest is run: upsurge run ${shellWord(manifest)}`;
  }
  const database = sources.find((source) => isDatabase(source));
  if (flags.includes("--to") && sources.length > 1 && database !== undefined) {
    const files = sources.filter((source) => source !== database);
    return `name the database with --to: ${wholeCommand({ to: database, table }, command, files)}`;
  }
  if (command === "run") return runFix({ to }, { sources, flags });
  if (flags.length === 1 && only !== "a source") {
    const name = tableOfSources(sources);
    return only === "--table" && name !== null
      ? `add it, for example --table ${shellWord(name)}`
      : `add it, for example ${optionSpec(only === "--to" ? "to" : "table").example}`;
  }
  if (flags.length === 1) {
    return "name a file, a pattern, or - for standard input; `upsurge help` shows examples";
  }
  const url = to === null || to === "" ? "shop.db" : "URL";
  const whole = wholeCommand({ to: url, table }, command, sources);
  return `give them all, for example: ${whole}; \`upsurge help ${command}\` shows every option`;
}

function afterDashes(command: Command, words: readonly string[], files: readonly string[]): string {
  const named = files.length === 0 ? ["FILE"] : files.map(shellWord);
  const called = command === "load" ? [] : [command];
  return ["upsurge", ...called, ...words.map(shellWord), "--", ...named].join(" ");
}

/** Whether a source is a database: what other tools take without a flag. */
function isDatabase(source: string): boolean {
  return /\.(?:db|sqlite3?)$|^(?:postgres(?:ql)?|sqlserver|mssql):\/\/|^sqlite:/i.test(source);
}

function wholeCommand(
  { to, table }: { readonly to: string; readonly table: string | null },
  command: Command,
  sources: readonly string[],
): string {
  const words = [
    "upsurge",
    ...(command === "load" ? [] : [command]),
    ...(sources.length === 0 ? ["orders.csv"] : sources.map(shellWord)),
    "--to",
    shellWord(to),
  ];
  const name = table === null || table === "" ? (tableOfSources(sources) ?? "orders") : table;
  return [...words, ...(command === "run" ? [] : ["--table", shellWord(name)])].join(" ");
}

/** The tables of a run are those that its files are called after. */
function runFix(
  { to }: Pick<Options, "to">,
  { sources, flags }: { readonly sources: readonly string[]; readonly flags: readonly string[] },
): string {
  const folders = sources.length === 0 ? ["seeds/"] : sources.map(shellWord);
  const url = to === null || to === "" ? "shop.db" : "URL";
  const lack = flags.length === 1 ? "add it" : "give both";
  return `${lack}, for example: upsurge run ${folders.join(" ")} --to ${url}`;
}
