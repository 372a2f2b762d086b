/** Fixes of levels of `--nest`: flags stand there as entries of a mapping in YAML. */
import { expect, test } from "vitest";
import { levelFix } from "../../../src/model/nest/level-fix.ts";

test.each([
  ["pass --key a,b", "among the options of lines in --nest: pass key: [ a, b ]"],
  ["pass --key a, or leave it", "among the options of lines in --nest: pass key: a, or leave it"],
  [
    'create unique index "i" on "t" ("a"), or --strategy select-then-write, or pass --key c; see first that no key has several rows',
    'create unique index "i" on "t" ("a"), or --strategy select-then-write, or among the options of lines in --nest: pass key: c; see first that no key has several rows',
  ],
  [
    "pass --strategy select-then-write, or make the constraint not deferrable, or pass --key c",
    "pass --strategy select-then-write, or among the options of lines in --nest: make the constraint not deferrable, or pass key: c",
  ],
  [
    "pass --key a,b --strategy select-then-write",
    "among the options of lines in --nest: pass key: [ a, b ], with --strategy select-then-write beside --nest",
  ],
  [
    "give the table a unique index; or pass --key with the columns that tell its rows apart, and --strategy select-then-write",
    "give the table a unique index; or among the options of lines in --nest: pass key: with the columns that tell its rows apart, with --strategy select-then-write beside --nest",
  ],
  ["pass --key 'a b,c'", "among the options of lines in --nest: pass key: [ a b, c ]"],
  [
    'create unique index "i" on "t" ("a", "b"), or pass --key c,d',
    'create unique index "i" on "t" ("a", "b"), or among the options of lines in --nest: pass key: [ c, d ]',
  ],
  [
    "correct the record, or pass --any-constraint to ignore it",
    "correct the record, or among the options of lines in --nest: pass any-constraint: true to ignore it",
  ],
  [
    "leave the --lookup of a out",
    "among the options of lines in --nest: leave the lookup: of a out",
  ],
  [
    "add it with --value 'a = 1'",
    "among the options of lines in --nest: add it with value: [ 'a = 1' ]",
  ],
  ["correct the value", "correct the value"],
  [
    "fill the field; or leave it out with --map 'a:' and give the column a value with --const a=VALUE",
    "fill the field; or among the options of lines in --nest: leave it out with map: [ 'a:' ] and give the column a value with const: [ a=VALUE ]",
  ],
])("%s", (fix, expected) => {
  expect(levelFix("lines", fix)).toBe(expected);
});
