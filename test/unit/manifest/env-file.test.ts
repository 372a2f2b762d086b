/** Files of variables, as Node reads them. */
import { parseEnv } from "node:util";
import { expect, test } from "vitest";
import { parseEnvFile } from "../../../src/manifest/env-file.ts";

const TEXT = [
  "# comment",
  "",
  "A=1",
  "export B = two words   # comment",
  'C="a # b" # comment',
  "D='x\\ny'",
  'E="x\\ny"',
  "F=",
  "G= # comment",
  "H=`it's`",
  'I="two',
  'lines"',
  "J=a=b",
  "K=postgres://u:p@h/d?x=y&z",
  "A=2",
  "  L  =  l  ",
].join("\n");

test("a file means what it means to Node", () => {
  expect(parseEnvFile(TEXT, ".env")).toEqual({ ...parseEnv(TEXT) });
});

test("line ends and a byte order mark make no difference", () => {
  for (const end of ["\r\n", "\r"])
    expect(parseEnvFile(TEXT.replaceAll("\n", end), ".env")).toEqual(parseEnvFile(TEXT, ".env"));
});

test("a file of many lines is read once, and not up to each of them", () => {
  const lines = Array.from({ length: 200_000 }, (_, at) => `VARIABLE_${at}=value of ${at}`);

  expect(parseEnvFile(lines.join("\n"), ".env")["VARIABLE_199999"]).toBe("value of 199999");
  expect(() => parseEnvFile([...lines, "B"].join("\n"), ".env")).toThrow(
    expect.objectContaining({ where: ".env:200001:1" }),
  );
});

test.each([
  ["A=1\nB", ".env:2:1"],
  ["1=2", ".env:1:1"],
  ["A B=1", ".env:1:1"],
  ["\n\nA='x", ".env:3:1"],
  ['A="x"y', ".env:1:1"],
  // A comment to some, a part of the value to others.
  ["A=secret#1", ".env:1:1"],
])("%j is refused at %s, and no value is shown", (text, where) => {
  expect(() => parseEnvFile(text, ".env")).toThrow(
    expect.objectContaining({
      code: "MANIFEST_ENV_FILE",
      where,
      why: expect.not.stringContaining("secret") as string,
    }),
  );
});
