/**
 * What does not go together, and texts that are wrong whatever the table holds. Needs no database:
 * what an option means to a table is left to `plan/`.
 */
import { upsurgeError } from "../errors/upsurge-error.ts";
import { flagOf, OPTION_NAMES, optionSpec } from "./flag.ts";
import { wantsJob } from "./is-job.ts";
import { checkDeletes } from "./check-deletes.ts";
import { conflict, modeText, WITHOUT_KEY } from "./conflicts.ts";
import { modeOf } from "./mode-of.ts";
import type { Command } from "./option.ts";
import type { OptionName, Options } from "./options.ts";
import { refuseIncomplete } from "./incomplete.ts";
import { quoted } from "./parse-options.ts";
import { isSha256 } from "./parse-value.ts";

/** Throws OPTION_MISSING, OPTION_CONFLICT or OPTION_VALUE for options that no load could honour; `sources`: those of it. */
export function checkOptions(
  options: Options,
  command: Command,
  sources: readonly string[] = ["-"],
): void {
  checkRawSql(options);
  checkTexts(options);
  checkSourceOptions(options);
  if (command === "inspect") return;
  checkJobOptions(options);
  refuseIncomplete(options, command, sources);
  if (command === "jobs") return;
  checkConflictTarget(options);
  checkMode(options);
  checkUpdates(options);
  checkWriters(options);
  checkDeletes(options);
}

/** Whoever wraps a load can rule out that its options hold SQL. */
function checkRawSql(options: Options): void {
  if (options.rawSql) return;
  for (const name of OPTION_NAMES) {
    if (optionSpec(name).sql !== true || options[name] === null) continue;
    const flag = flagOf(name);
    throw upsurgeError(
      "OPTION_CONFLICT",
      { flag, other: "--no-raw-sql", reason: "its value is SQL, and this run takes none" },
      { where: flag, fix: `leave ${flag} out; $UPSURGE_NO_RAW_SQL may have set --no-raw-sql` },
    );
  }
}

function checkTexts(options: Options): void {
  oneByte("delimiter", options.delimiter);
  if (options.quote !== "") oneByte("quote", options.quote);
  oneByte("escape", options.escape);
  if (options.comment === "") wrong("comment", "", "the text that a comment begins with");
  if (options.expectSha256 !== null && !isSha256(options.expectSha256)) {
    wrong("expectSha256", options.expectSha256, "64 hexadecimal digits, as sha256sum prints them");
  }
  checkReport(options.report);
}

/** The name says what is in the file; a device or `>(command)`, which the shell names /dev/fd/N, has no say in its name. */
function checkReport(path: string | null): void {
  if (path === null || /\.json$/i.test(path) || path.startsWith("/dev/")) return;
  const expected = "the name of a file that ends in .json, because the report is written as JSON";
  wrong("report", path, expected);
}

/** The characters of the CSV dialect are looked for byte by byte. */
function oneByte(name: OptionName, text: string | null): void {
  if (text === null) return;
  const code = text.length === 1 ? text.charCodeAt(0) : -1;
  if (code < 0 || code > 127 || code === 10 || code === 13) {
    wrong(name, text, "one ASCII character; \\t means a tab");
  }
}

function checkSourceOptions(options: Options): void {
  const json = options.format === "json" || options.format === "ndjson";
  if (json && options.columns !== null) {
    conflict("columns", `--format ${options.format}`, "the fields of a JSON record have names");
  }
  for (const name of ["delimiter", "escape", "comment"] as const) {
    if (json && options[name] !== null) {
      conflict(name, `--format ${options.format}`, "it is about CSV");
    }
  }
  if (json && options.header !== null) {
    const flag = options.header ? "--header" : "--no-header";
    const other = `--format ${options.format}`;
    const reason = "it is about CSV";
    throw upsurgeError("OPTION_CONFLICT", { flag, other, reason }, { where: flag });
  }
  const twice = options.columns?.find((name, at, all) => all.indexOf(name) !== at);
  if (twice !== undefined) {
    wrong(
      "columns",
      options.columns?.join(",") ?? "",
      `names that differ, and ${twice} is repeated`,
    );
  }
  if (options.header === false && options.columns === null) {
    throw upsurgeError(
      "OPTION_MISSING",
      { flag: "--columns", reason: "with --no-header nothing else names the fields" },
      { where: "--no-header" },
    );
  }
  if (options.quote === "" && options.escape !== null) {
    conflict("escape", "--quote ''", "without quoting there is nothing to escape");
  }
}

function checkConflictTarget(options: Options): void {
  if (options.key !== null && options.constraint !== null) {
    conflict("key", "--constraint", "each of them says what decides a conflict");
  }
  if (options.keyWhere !== null && options.key === null) {
    conflict(
      "keyWhere",
      options.constraint === null ? WITHOUT_KEY : "--constraint",
      "it is the predicate of the index behind --key; an index named by --constraint has its own",
    );
  }
  if (!options.anyConstraint) return;
  if (options.key !== null || options.constraint !== null) {
    const other = options.key === null ? "--constraint" : "--key";
    conflict("anyConstraint", other, "a conflict on any unique key counts, or on that one only");
  }
  if (modeOf(options) !== "ignore") {
    conflict("anyConstraint", modeText(options), "it is for --ignore");
  }
}

function checkMode(options: Options): void {
  if (options.ignore && options.mode !== null && options.mode !== "ignore") {
    conflict("ignore", `--mode ${options.mode}`, "--ignore is --mode ignore");
  }
}

const UPDATING = ["set", "updateWhere", "updateColumns", "nullKeeps", "rewriteUnchanged"] as const;

function checkUpdates(options: Options): void {
  const mode = modeOf(options);
  for (const name of UPDATING) {
    const given = options[name] !== null && options[name] !== false;
    if (given && (mode === "insert" || mode === "ignore")) {
      conflict(name, modeText(options), `mode ${mode} never changes a target row`);
    }
  }
}

/** A name as SQL writes it: up to three parts, each plain or in double quotes. */
const TABLE_NAME =
  /^(?:[\p{L}_][\p{L}\p{N}_$]*|"(?:[^"\0]|"")+")(?:\.(?:[\p{L}_][\p{L}\p{N}_$]*|"(?:[^"\0]|"")+")){0,2}$/u;

function checkJobOptions(options: Options): void {
  const { job, forget, checkpointTable, allowAtLeastOnce, commit, printDdl } = options;
  if (!TABLE_NAME.test(checkpointTable)) {
    wrong("checkpointTable", checkpointTable, "the name of a table, schema.table where need be");
  }
  for (const [option, name] of [
    ["job", job],
    ["forget", forget],
  ] as const) {
    if (name !== null && !isJobName(name)) {
      wrong(option, name, "a name of at most 200 characters, without spaces around it");
    }
  }
  if (printDdl && forget !== null) conflict("printDdl", "--forget", "each asks for something else");
  checkJobOnly(options);
  if (options.resetJob && options.keepJob) {
    conflict("resetJob", "--keep-job", "one starts over, and the other goes on");
  }
  if (!allowAtLeastOnce) return;
  if (job !== null) {
    conflict("allowAtLeastOnce", "--job", "a job is remembered, and applied exactly once");
  }
  if (commit === "end") {
    conflict("allowAtLeastOnce", "--commit end", "a load in one transaction needs no checkpoint");
  }
}

/** What means something to a job only. */
function checkJobOnly(options: Options): void {
  if (wantsJob(options)) return;
  for (const name of ["followAppend", "resetJob", "keepJob", "ifLocked"] as const) {
    if (options[name] === false || options[name] === "fail") continue;
    throw upsurgeError(
      "OPTION_CONFLICT",
      {
        flag: flagOf(name),
        other: "a load that is not a job",
        reason: "nothing is remembered of it",
      },
      { where: flagOf(name), fix: "add --job NAME, or --commit N without --allow-at-least-once" },
    );
  }
}

/** SQL Server takes names for the same that differ in spaces at their end. */
function isJobName(name: string): boolean {
  // eslint-disable-next-line no-control-regex
  return name !== "" && name === name.trim() && name.length <= 200 && !/[\u0000-\u001f]/.test(name);
}

function checkWriters({ writers, commit }: Options): void {
  if (writers === 1 || commit !== "end") return;
  throw upsurgeError(
    "OPTION_CONFLICT",
    {
      flag: `--writers ${writers}`,
      other: "--commit end",
      reason: "a commit that keeps all or nothing cannot span several connections",
    },
    { where: "--writers", fix: `add --commit N, for example ${optionSpec("commit").example}` },
  );
}

function wrong(name: OptionName, value: string, expected: string): never {
  const flag = flagOf(name);
  const fix = `for example ${optionSpec(name).example}`;
  throw upsurgeError(
    "OPTION_VALUE",
    { flag, value: quoted(value), expected },
    { where: flag, fix },
  );
}
