/** Which flag a misspelt one was meant to be, and when to say nothing. */
import { expect, test } from "vitest";
import { nearestFlag } from "../../../src/cli/near-flag.ts";
import { OPTION_NAMES, spellingsOf } from "../../../src/options/flag.ts";

const FLAGS = OPTION_NAMES.flatMap(spellingsOf);

test.each([
  ["--keyy", "--key"],
  ["--tabel", "--table"],
  ["--batch", "--batch-rows"],
  ["--no-hedaer", "--no-header"],
  ["--update-colums", "--update-columns"],
  ["--DRY-RUN", "--dry-run"],
  ["--sep", "--delimiter"],
  ["--batch-size", "--batch-rows"],
  ["--on-conflict", "--key"],
  ["--skip_rows", "--skip-lines"],
])("%s is %s", (typed, meant) => {
  expect(nearestFlag(typed, FLAGS)).toBe(meant);
});

test.each(["--wombat", "--zzz", "-x", "--wordy", "--a", "--parallel"])(
  "%s is near nothing",
  (typed) => {
    expect(nearestFlag(typed, FLAGS)).toBeNull();
  },
);
