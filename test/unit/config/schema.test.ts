/** The JSON Schema of a config names what the reader takes, and takes the configs of the pages. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { CONFIG_NAMES } from "../../../src/config/names.ts";
import { readConfig } from "../../../src/config/read-config.ts";
import { fencesOf, pageAt } from "../../helpers/doc-pages.ts";
import { faultsIn } from "../../helpers/json-schema.ts";
import type { Schema } from "../../helpers/json-schema.ts";
import { tempDir } from "../../helpers/temp-dir.ts";

const SCHEMA = JSON.parse(readFileSync("docs/reference/config.schema.json", "utf8")) as Schema & {
  readonly properties: object;
};

async function reads(text: string): Promise<boolean> {
  const path = join(tempDir(), "c.yaml");
  writeFileSync(path, text);
  return await readConfig({ path, isNamed: true }, {}).then(
    () => true,
    () => false,
  );
}

test("it has the names that the reader knows", () => {
  expect(Object.keys(SCHEMA.properties).toSorted()).toEqual([...CONFIG_NAMES].toSorted());
});

test("the first config of the page is the one that its sessions read", () => {
  const [first] = fencesOf(pageAt("docs/reference/config.md").text);

  expect(first?.body).toBe(readFileSync("fixtures/tour/team.config.yaml", "utf8"));
});

const PAGE = fencesOf(pageAt("docs/reference/config.md").text).filter(
  ({ language }) => language === "yaml",
);

test.each([
  ...PAGE.map(({ body }) => [body, !body.includes("typo")] as const),
  ["connections: { dev: a.db }\nquiet: true\nlock-timeout: 5m\nlog-level: info\n", true],
  ["connections: { dev: 5a.db, a.b: c.db }\n", false],
  ["connections: { dev: [] }\n", false],
  ["truncate: true\n", false],
  ["quiet: maybe\n", false],
  ["log-format: xml\n", false],
  ["to: a.db\n", false],
] as const)("schema and reader agree on\n%s", async (text, isRight) => {
  expect([faultsIn(parse(text), SCHEMA).length === 0, await reads(text)]).toEqual([
    isRight,
    isRight,
  ]);
});
