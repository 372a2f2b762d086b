/** The JSON Schema of a manifest: it names what the reader takes, no more and no less, and takes the manifests of the pages. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { namesAt, TOP_NAMES } from "../../../src/manifest/refuse-name.ts";
import { readManifest } from "../../../src/manifest/read-manifest.ts";
import { runScopeOf } from "../../../src/options/of-run.ts";
import { OPTION_NAMES, optionSpec } from "../../../src/options/flag.ts";
import { fencesOf, pageAt, PAGES } from "../../helpers/doc-pages.ts";
import { faultsIn } from "../../helpers/json-schema.ts";
import type { Schema } from "../../helpers/json-schema.ts";
import { tempDir } from "../../helpers/temp-dir.ts";
import { NAMES, YAML } from "../../cli/manifest-wrong.ts";
import { VALUES } from "../../cli/manifest-wrong-values.ts";

const SCHEMA = JSON.parse(readFileSync("docs/reference/manifest.schema.json", "utf8")) as Schema;

/** The schema at a path of properties and items. */
function below(...path: readonly string[]): Schema {
  let at: unknown = SCHEMA;
  for (const name of path) at = (at as Readonly<Record<string, unknown>>)[name];
  return at as Schema;
}

test("every level has the names that the reader knows", () => {
  const load = below("properties", "loads", "items", "properties");
  const defaults = below("properties", "defaults", "properties");

  expect(Object.keys(below("properties")).toSorted()).toEqual([...TOP_NAMES].toSorted());
  expect(Object.keys(load).toSorted()).toEqual([...namesAt("load")].toSorted());
  expect(Object.keys(defaults).toSorted()).toEqual([...namesAt("defaults")].toSorted());
});

test("every option of `load` is one of a load or of a run, or says why it is none", () => {
  for (const name of OPTION_NAMES.filter((each) =>
    optionSpec(each).commands.some((one) => one === "load"),
  )) {
    const scope = runScopeOf(name);
    if (typeof scope === "object")
      expect([name, scope.refused]).toEqual([name, expect.stringMatching(/ .* /)]);
    else expect([name, ["load", "run", "top"].includes(scope)]).toEqual([name, true]);
  }
});

const MANIFESTS = PAGES.flatMap(({ path, text }) =>
  fencesOf(text)
    .filter(({ language, body }) => language === "yaml" && /^loads:/m.test(body))
    .map(({ body }) => [path, body] as const),
);

test("the pages have manifests, and the first is the one that their sessions run", () => {
  expect(MANIFESTS.length).toBeGreaterThan(3);
  const [first] = fencesOf(pageAt("docs/reference/manifest.md").text);

  expect(first?.body).toBe(readFileSync("fixtures/tour/seed.yaml", "utf8"));
});

async function reads(text: string): Promise<boolean> {
  const path = join(tempDir(), "m.yaml");
  writeFileSync(path, text);
  const environment = { DATABASE_URL: "shop.db", DIR: "." };
  return await readManifest(path, { environment, hasTarget: false }).then(
    () => true,
    () => false,
  );
}

test.each(MANIFESTS)("%s: the schema and the reader agree on\n%s", async (path, body) => {
  const isWrong = body.startsWith("# typo.yaml");

  expect(faultsIn(parse(body), SCHEMA).length > 0).toBe(isWrong);
  expect([path, await reads(body)]).toEqual([path, !isWrong]);
});

describe("what is right to the reader is right to an editor", () => {
  const right = Object.values({ ...NAMES, ...VALUES, ...YAML }).flatMap((each) => each.right ?? []);

  test.each(right)("%s", async (text) => {
    expect(faultsIn(parse(text), SCHEMA)).toEqual([]);
    expect(await reads(text)).toBe(true);
  });
});

describe("wrong names are wrong to an editor too", () => {
  const twice = ["two names of one option"];

  test.each(Object.entries(NAMES).filter(([title]) => !twice.includes(title)))(
    "%s",
    (_, { yaml }) => {
      expect(faultsIn(parse(yaml), SCHEMA)).not.toEqual([]);
    },
  );
});

test("the page names every name", () => {
  const { text } = pageAt("docs/reference/manifest.md");
  const names = [...TOP_NAMES, ...namesAt("load"), ...namesAt("defaults")];

  expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});
