/** Which flag a misspelt one was meant to be, what is said of flags of other tools, and when to say nothing. */
import { expect, test } from "vitest";
import { ADVICE, SAME, SHORT } from "../../../src/cli/advice/flags-of-others.ts";
import { flagAdvice } from "../../../src/cli/advice/advised.ts";
import { flagsIn } from "../../../src/errors/flags-in.ts";
import { nearestFlag } from "../../../src/cli/near-flag.ts";
import { OPTION_NAMES, optionSpec, spellingsOf } from "../../../src/options/flag.ts";

const FLAGS = OPTION_NAMES.flatMap(spellingsOf);
const OF_LOAD = OPTION_NAMES.filter((name) => optionSpec(name).commands.includes("load")).flatMap(
  spellingsOf,
);

test.each([
  ["--keyy", "--key"],
  ["--tabel", "--table"],
  ["--batch", "--batch-rows"],
  ["--no-hedaer", "--no-header"],
  ["--update-colums", "--update-columns"],
  ["--DRY-RUN", "--dry-run"],
])("%s is %s", (typed, meant) => {
  expect(nearestFlag(typed, FLAGS)).toBe(meant);
});

test.each([
  ["--sep", "did you mean --delimiter?"],
  ["--batch-size", "did you mean --batch-rows?"],
  ["--on-conflict", "did you mean --key?"],
  ["--skip_rows", "did you mean --skip-lines?"],
  ["--upsertFields", "did you mean --key?"],
  ["--nl", "did you mean --format ndjson?"],
  ["-U", "say it in --to"],
  ["--no-create", "leave it out: --create only counts where it is given"],
  ["--delete", "--truncate empties the table first; --delete-missing deletes"],
  ["--rejects", "did you mean --max-rejects?"],
  ["--ignore-lines", "leave it out: line 1 names the fields"],
])("of %s: %s", (typed, said) => {
  expect(flagAdvice(typed, OF_LOAD)).toContain(said);
});

test.each(["--wombat", "--zzz", "-x", "--wordy", "--a", "--no-wombat"])(
  "%s is near nothing",
  (typed) => {
    expect([flagAdvice(typed, FLAGS), nearestFlag(typed, FLAGS)]).toEqual([null, null]);
  },
);

/** The options by which each of these tools is told how to load a file, by its manual. */
const TOOLS = {
  psql: "--host --port --username --dbname --command --single-transaction -U",
  mysqlimport:
    "--fields-terminated-by --fields-enclosed-by --fields-optionally-enclosed-by --fields-escaped-by " +
    "--lines-terminated-by --ignore-lines --local --replace --delete --force --low-priority --lock-tables " +
    "--use-threads --silent --default-character-set --host --user --password --port --debug",
  "sqlite-utils":
    "--nl --csv --tsv --replace --detect-types --no-headers --stop-after --sniff --quotechar --batch-size " +
    "--not-null --default --flatten --convert --analyze --empty-null --silent",
  csvsql:
    "--db --query --tables --no-constraints --no-create --overwrite --create-if-not-exists --db-schema -H -K " +
    "--snifflimit --no-inference --chunk-size --before-insert --after-insert --no-header-row --null-value " +
    "--blanks --locale --datetime-format --skipinitialspace",
  bcp: "-S -U -P -E",
  mongoimport:
    "--host --port --uri --db --collection --fields --file --headerline --drop --upsertFields --stopOnError " +
    "--jsonArray --parseGrace --columnsHaveTypes --numInsertionWorkers --maintainInsertionOrder -j",
  "bq load":
    "--skip_leading_rows --allow_jagged_rows --autodetect --null_marker --replace --field_delimiter " +
    "--max_bad_records --ignore_unknown_values --schema",
  pandas: "--if_exists --chunksize --na_values --usecols --dtype --on_bad_lines",
};

test.each(Object.entries(TOOLS))(
  "every option of %s is answered with one of ours",
  (_, options) => {
    const unanswered = options
      .split(" ")
      .filter((option) => (flagAdvice(option, OF_LOAD) ?? nearestFlag(option, OF_LOAD)) === null);
    expect(unanswered).toEqual([]);
  },
);

test("what is said of a name is of flags that a load has, and is said once", () => {
  const all = [...SAME, ...ADVICE, ...SHORT];
  const names = all.flatMap(([each]) => each.split(" "));
  const flags = new Set(all.flatMap(([, said]) => [...flagsIn(said)]));

  expect([...flags].filter((flag) => !OF_LOAD.includes(flag))).toEqual([]);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(names.filter((name) => FLAGS.includes(`--${name}`))).toEqual([]);
});
