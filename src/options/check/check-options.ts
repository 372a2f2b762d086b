/**
 * What does not go together, and texts that are wrong whatever the table holds. Needs no database:
 * what an option means to a table is left to `plan/`.
 */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { listWord } from "../../errors/shell-word.ts";
import { flagOf, OPTION_NAMES, optionSpec } from "../flag.ts";
import { checkDeletes } from "./check-deletes.ts";
import { checkDifferences } from "./check-differences.ts";
import { checkFilled } from "./check-filled.ts";
import { checkJobOptions } from "./check-job.ts";
import { checkLate } from "./check-late.ts";
import { checkReport, isDevice } from "./check-report.ts";
import { checkFinish, checkShard } from "./check-shard.ts";
import { checkPiece } from "../split/check-piece.ts";
import { checkValues } from "./check-values.ts";
import { commitEvery } from "../grammar.ts";
import { modeOf, modeOfRun } from "../mode-of.ts";
import type { Command } from "../option.ts";
import { aboutText, flagGiven, foreignOptions } from "../of-format.ts";
import type { OptionName, Options } from "../options.ts";
import { checkNest } from "../nest/check-nest.ts";
import { refuseIncomplete } from "../incomplete.ts";
import { isSha256 } from "../parse-value.ts";
import { conflict, modeText, WITHOUT_KEY, wrong } from "../wrong-options.ts";

/** Throws OPTION_MISSING, OPTION_CONFLICT or OPTION_VALUE for options that no load could honour; `sources`: those of it. */
export function checkOptions(
  asked: Options,
  command: Command,
  sources: readonly string[] = ["-"],
): void {
  const options = command === "run" ? { ...asked, mode: modeOfRun(asked) } : asked;
  checkRawSql(options);
  checkTexts(options);
  checkSourceOptions(options);
  checkValues(options);
  if (command === "inspect" || command === "split") return;
  checkJobOptions(options, command);
  refuseIncomplete(options, command, sources);
  if (command === "finish") checkFinish(options);
  if (command === "jobs" || command === "finish") return;
  checkLevel(options);
  checkWriters(options);
  checkShard(options);
  checkPiece(options);
  checkCommit(options, command);
  checkDeletes(options);
  checkDifferences(options);
  checkLate(options);
  checkLookups(options);
  checkNest(options, (level) => {
    checkFilled(level);
    checkLevel(level);
    checkLookups(level);
    checkValues(level);
  });
}

/** What holds for the options of a load, and of a level of nested records. */
function checkLevel(options: Options): void {
  checkConflictTarget(options);
  checkMode(options);
  checkUpdates(options);
}

function checkLookups({ lookup, lookupMissing }: Options): void {
  if (lookupMissing === null || lookup !== null) return;
  const flag = flagOf("lookupMissing");
  throw upsurgeError(
    "OPTION_CONFLICT",
    { flag, other: "a load without --lookup", reason: "nothing is looked up" },
    { where: flag, fix: `leave ${flag} out, or add --lookup` },
  );
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
  checkFilled(options);
  checkFiles(options);
}

/** What the files are that others watch, by the end of their names. */
const FILES = {
  metrics: ["prom", "others are not read by the textfile collector of node_exporter"],
  junit: ["xml", "test results are written as XML"],
} as const;

/** The name says what is in the file; a device or `>(command)`, which the shell names /dev/fd/N, has no say in its name. */
function checkFiles(options: Options): void {
  checkReport(options.report);
  for (const name of ["metrics", "junit"] as const) {
    const path = options[name];
    const [end, reason] = FILES[name];
    if (path === null || path.toLowerCase().endsWith(`.${end}`) || isDevice(path)) continue;
    wrong(name, path, `the name of a file that ends in .${end}, because ${reason}`);
  }
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
  const { format } = options;
  const [foreign] = format === null ? [] : foreignOptions(options, [format]);
  if (foreign !== undefined) {
    const flag = flagGiven(foreign, options);
    const details = { flag, other: `--format ${format}`, reason: aboutText(foreign) };
    throw upsurgeError("OPTION_CONFLICT", details, { where: flag });
  }
  checkRepeats(options, "columns");
  if (options.header === false && options.columns === null) {
    throw upsurgeError(
      "OPTION_MISSING",
      { flag: "--columns", reason: "with --no-header nothing else names the fields" },
      {
        where: "--no-header",
        fix: `name the fields in their order: ${optionSpec("columns").example}`,
      },
    );
  }
  if (options.quote === "" && options.escape !== null) {
    conflict("escape", "--quote ''", "without quoting there is nothing to escape");
  }
}

function checkRepeats(options: Options, name: "columns" | "key"): void {
  const names = options[name] ?? [];
  const twice = names.find((each, at) => names.indexOf(each) !== at);
  if (twice === undefined) return;
  const once = `pass ${flagOf(name)} ${listWord([...new Set(names)])}`;
  const fix = name === "key" ? once : "give each field a name of its own";
  wrong(name, names.join(","), `names that differ, and ${twice} is repeated`, fix);
}

function checkConflictTarget(options: Options): void {
  checkRepeats(options, "key");
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

function checkCommit({ commit }: Options, command: Command): void {
  if (commit !== "load" || command === "run") return;
  const details = {
    flag: "--commit load",
    other: "a load by itself",
    reason: "it is for a run, whose loads are committed one by one",
  };
  const fix = "leave it out: a load is committed at its end, or after every N records";
  throw upsurgeError("OPTION_CONFLICT", details, { where: "--commit", fix });
}

function checkWriters({ writers, commit }: Options): void {
  if (writers === 1 || commitEvery(commit) !== null) return;
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
