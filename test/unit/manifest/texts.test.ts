/** Pairs of a mapping as the command line takes them, and fixes of the command line as a manifest has them. */
import { expect, test } from "vitest";
import { asManifest } from "../../../src/manifest/as-manifest.ts";
import { pairText } from "../../../src/manifest/pair-text.ts";
import { flagOf, OPTION_NAMES, optionSpec } from "../../../src/options/flag.ts";
import type { OptionName } from "../../../src/options/options.ts";

test.each<[OptionName, string, string, string | null]>([
  ["map", "a", "b", "a:b"],
  ["map", "a:b", "c", "a:b:c"],
  ["map", "a", "", "a:"],
  // It would be cut at another place.
  ["map", "a", "b:c", null],
  ["const", "a", "b=c", "a=b=c"],
  ["const", "a=b", "c", null],
  ["set", "n", "target.n + 1", "n = target.n + 1"],
  ["set", "my col", "1", '"my col" = 1'],
  ["set", '"my col"', "1", '"my col" = 1'],
  ["set", "[my col]", "1", "[my col] = 1"],
  ["set", 'a"b', "1", '"a""b" = 1'],
  ["set", "n", "", null],
  ["stamp", "at", "now()", "at = now()"],
  ["deleteSet", "gone", "true", "gone = true"],
])("%s: { %s: %s }", (option, name, value, text) => {
  expect(pairText(option, name, value)?.text ?? null).toBe(text);
});

const JOINING = OPTION_NAMES.filter((name) => optionSpec(name).pairs !== undefined);

test.each(JOINING)("%s: its own example is a pair", (name) => {
  const { example, pairs = "", kind } = optionSpec(name);
  const flag = `${flagOf(name)} `;
  const [, quoted, bare = ""] =
    /^(?:["']([^"']*)["']|(\S+))/.exec(example.slice(example.indexOf(flag) + flag.length)) ?? [];
  const text = quoted ?? bare;
  const at = text.indexOf(pairs);

  expect([kind, at > 0]).toEqual(["many", true]);
  expect(pairText(name, text.slice(0, at), text.slice(at + pairs.length))?.text).toBe(text);
});

test.each([
  [
    "write --map 'nmae:name', or --extra-fields ignore",
    'write map: "nmae:name", or extra-fields: ignore',
  ],
  ["pass --key id", "pass key: id"],
  ["add --no-header --columns a,b", 'add no-header: true, columns: "a,b"'],
  ["pass --expect-sha256 'ab'", "pass expect-sha256: ab"],
  ["name one:\n--key id\n--key email", "name one:\nkey: id\nkey: email"],
  ["add --key, or leave --set out", "add key, or leave set out"],
  ["leave --delete-missing out", "leave delete-missing: true out"],
  [`--set "n = '\\$'"`, `set: "n = '$'"`],
  ["pass --max-delete 100%, or leave it out", "pass max-delete: 100%, or leave it out"],
  [
    "pass --decimal ',' --thousands '.', which reads it as 1",
    'pass decimal: ",", thousands: ".", which reads it as 1',
  ],
  ["--map 'a:' --map 'b:c' drops them", 'map: ["a:", "b:c"] drops them'],
  ["pass --reject-file ./a.csv", "pass reject-file: ./a.csv"],
  // Not of loads, or of no run.
  ["with --create, or --to shop.db, or --dry-run", "with --create, or --to shop.db, or --dry-run"],
  ["a--key b", "a--key b"],
])("%s", (fix, text) => {
  expect(asManifest(fix)).toBe(text);
});
