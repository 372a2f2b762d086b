/**
 * Syntax: every T-SQL text that the target can send passes a full T-SQL grammar and the rules beside it, and broken variants
 * of the same texts do not. That no server is asked is the limit of this proof.
 */
import { beforeAll, describe, expect, test } from "vitest";
import * as catalog from "../../src/targets/sqlserver/catalog/catalog-sql.ts";
import { emptyTable } from "../../src/targets/sqlserver/apply/empty-table.ts";
import {
  insertSeen,
  lockSql,
  removalSql,
  seenDdl,
} from "../../src/targets/sqlserver/apply/removal-sql.ts";
import { quoteIdentifier } from "../../src/targets/sqlserver/quote.ts";
import { settingsSql } from "../../src/targets/sqlserver/connect/settings.ts";
import type { Capabilities } from "../../src/targets/capabilities.ts";
import { parseOptions } from "../../src/options/parse-options.ts";
import { planSteps } from "../../src/plan/steps.ts";
import type { GivenOptions } from "../helpers/options.ts";
import { ABLE, planFor, table } from "../helpers/shapes.ts";
import { BREAKAGES, GAPS, soundTexts } from "../support/grammar/broken.ts";
import { writable } from "../support/grammar/plans.ts";
import { TABLES } from "../support/grammar/tables.ts";
import { Recorder } from "../support/grammar/recorder.ts";
import { everyText, recordedSession } from "../support/grammar/texts.ts";
import type { Text } from "../support/grammar/texts.ts";
import { checkTsql } from "../support/grammar/tsql-grammar.ts";

let capabilities: Capabilities;
beforeAll(async () => {
  ({ capabilities } = await recordedSession(new Recorder()));
});

describe("what the target sends", () => {
  let texts: readonly Text[] = [];
  beforeAll(async () => {
    texts = await everyText();
  });

  test("passes the grammar, whatever the plan", () => {
    const faults = texts.flatMap(({ from, sql, parameters }) =>
      checkTsql(sql, parameters).map((fault) => `${fault}\n  of ${from}\n${sql}`),
    );
    expect(faults.slice(0, 5)).toEqual([]);
  });

  test.each([
    "merge ",
    "update target set",
    "insert into",
    "OPENJSON(@rows)",
    "VALUES (0, 0, ",
    "@p0",
    "create table ops.upsurge_checkpoint",
    "upsurge-job:",
    "epoch = epoch + 1",
    "SELECT @@ROWCOUNT AS upsurge_changed",
  ])("has %s somewhere", (part) => {
    expect(texts.some(({ sql }) => sql.includes(part))).toBe(true);
  });

  test.each(Object.entries(catalog))("asks for %s", (_, sql) => {
    expect(checkTsql(sql, ["id", "name", "parts", "written"])).toEqual([]);
  });

  test.each(settingsSql(-1))("%s, by itself", (setting) => {
    expect(checkTsql(setting)).toEqual([]);
  });
});

describe("what is sent beside rows", () => {
  const reference = { schema: "dbo", name: "of a ]" };
  const shape = table({
    name: { schema: "dbo", name: "t" },
    referredBy: [
      {
        name: "f",
        table: reference,
        columns: ["a b", "c"],
        refersTo: ["x", "y"],
        onDelete: "cascade",
      },
    ],
  });
  const options = parseOptions({ truncate: ["true"] });
  const request = { shape, options, capabilities: ABLE, quoteIdentifier, emptyTable };
  const steps = (["truncate", "delete"] as const).flatMap((how) => planSteps(request, how).before);

  test.each([...new Set(steps.map(({ sql }) => sql))])("%s", (sql) => {
    expect(checkTsql(sql)).toEqual([]);
  });

  test("a script of the user's goes between what counts its transactions", async () => {
    const recorder = new Recorder();
    const { execute } = await recordedSession(recorder);
    await execute.script("UPDATE t SET n = 1");
    const sent = recorder.sent.slice(-5).map(({ sql }) => sql);

    expect(sent.flatMap((sql) => checkTsql(sql))).toEqual([]);
    expect(sent).toContain("SELECT @@TRANCOUNT AS n, CURRENT_TRANSACTION_ID() AS id");
  });
});

describe("what takes rows away that no record has", () => {
  const RULES: readonly GivenOptions[] = [
    {},
    { nullKey: "match" },
    { deleteWhere: "1 = 1", deleteSet: [] },
  ];
  const keyed = Object.entries(TABLES).filter(
    ([, { shape, key }]) => key.length > 0 && shape.kind === "table",
  );

  test.each(keyed)("%s", (_, { shape, key, options = {} }) => {
    for (const rule of RULES) {
      const fields = writable(shape.columns, options);
      const marked = writable(shape.columns, {}).find((name) => !key.includes(name));
      const isMarking = rule.deleteSet !== undefined && marked !== undefined;
      const sets = isMarking ? { deleteSet: [`${quoteIdentifier(marked)} = NULL`] } : {};
      const asked = { ...options, ...rule, key, deleteMissing: true, ...sets };
      const plan = planFor(shape, asked, {
        capabilities,
        quoteIdentifier,
        fields,
      });
      const { scope, find, count, references, remove, left = "SELECT 1 AS n" } = removalSql(plan);
      const texts = [
        lockSql(plan),
        ...seenDdl(plan, "Latin1_General_CI_AS"),
        ...insertSeen(
          plan,
          key,
          key.map((_, place) => `r.f${place}`),
        ),
        scope,
        ...find,
        count,
        remove,
        left,
        ...references.flatMap(({ first, count: rows }) => [first, rows]),
      ];
      expect(texts.flatMap((sql) => checkTsql(sql).map((fault) => `${fault}: ${sql}`))).toEqual([]);
    }
  });
});

describe("the same texts, broken", () => {
  test("are right before", () => {
    expect(Object.values(soundTexts(capabilities)).flatMap((sql) => checkTsql(sql))).toEqual([]);
  });

  test.each(BREAKAGES)("$kind is refused", ({ of, find, put }) => {
    const sound = soundTexts(capabilities)[of];
    const broken = sound.replace(find, () => put);
    expect(broken).not.toBe(sound);
    expect(checkTsql(broken)).not.toEqual([]);
  });

  test.each(GAPS)("$kind passes all the same, a known gap", ({ of, find, put }) => {
    const sound = soundTexts(capabilities)[of];
    const broken = sound.replace(find, () => put);
    expect(broken).not.toBe(sound);
    expect(checkTsql(broken)).toEqual([]);
  });
});
