import { describe, expect, test } from "vitest";
import type { Arbiter, TablePlan } from "../../../src/model/load-plan.ts";
import { meetSql, updateFoundSql } from "../../../src/sql/found-rows.ts";
import { insertMissingSql, insertSql, rowsInOrder } from "../../../src/sql/insert.ts";
import { equalKeys, matchSql } from "../../../src/sql/match.ts";
import { updateSql } from "../../../src/sql/update.ts";
import { upsertSql } from "../../../src/sql/upsert.ts";
import type { GivenOptions } from "../../helpers/options.ts";
import { column, planFor, table, uniqueKey } from "../../helpers/shapes.ts";
import { MYSQL, quoteIdentifier } from "./mysql-dialect.ts";

const SHAPE = table({
  name: { schema: null, name: "t" },
  columns: [
    column("id", { type: "int", nullable: false }),
    column("qty", { type: "int" }),
    column("name", { type: "varchar(40)", family: "text" }),
  ],
  uniqueKeys: [
    { ...uniqueKey(["id"], { name: "t_pkey", primary: true }), keyExpressions: ["`id`"] },
  ],
});

const COLUMNS = ["id", "qty", "name"];

type Keyed = TablePlan & { readonly arbiter: Arbiter };

/** A plan by `id`, or by what the options name. */
function keyed(options: GivenOptions = {}): Keyed {
  const plan = planFor(SHAPE, { key: ["id"], ...options }, { quoteIdentifier });
  const { arbiter } = plan;
  if (arbiter === null) throw new Error("the plan has no key");
  return { ...plan, arbiter };
}

function rows(plan: Keyed) {
  const match = matchSql(plan, plan.arbiter, MYSQL);
  return { relation: "stage", match, condition: "excluded.shape = 1" };
}

function met(plan: Keyed): string {
  return meetSql(plan, ["id", "qty"], rows(plan), MYSQL);
}

describe("MySQL's spelling of the shared statements", () => {
  test("equal keys, also of NULLs, and the predicate of the key on both sides", () => {
    const { arbiter } = keyed();
    const open = { ...arbiter, nullsEqual: true, predicate: "qty > 0" };

    expect(matchSql(keyed(), arbiter, MYSQL)).toBe("target.`id` = excluded.`id`");
    expect(matchSql(keyed(), open, MYSQL)).toBe(
      "target.`id` <=> excluded.`id` and (target.`qty` > 0) and (excluded.`qty` > 0)",
    );
    expect(equalKeys(keyed(), arbiter, ["a", "b"], MYSQL)).toEqual(["a.`id` = b.`id`"]);
  });

  test("assignments, and the test whether an image would change", () => {
    const plan = keyed({ set: ["name = concat(target.name, 'x')"] });

    expect(updateSql(plan, COLUMNS, MYSQL)).toMatchObject({
      assignments: "`qty` = excluded.`qty`, `name` = (concat(target.name, 'x'))",
      differs:
        "not (target.`qty` <=> excluded.`qty` and cast(target.`name` as binary) <=> cast((concat(target.name, 'x')) as binary)) or char_length((concat(target.name, 'x'))) > 40",
    });
    expect(updateSql(keyed({ ignore: true }), COLUMNS, MYSQL)).toBeNull();
    expect(updateSql(keyed({ rewriteUnchanged: true }), COLUMNS, MYSQL)?.differs).toBeNull();
  });

  test("an insert of staged rows, with a stamp, and of a row of nothing", () => {
    const from = rowsInOrder({ relation: "stage", condition: null });

    expect(insertSql(keyed({ stamp: ["name = user()"] }), COLUMNS, from, MYSQL))
      .toBe(`insert into \`t\` (\`id\`, \`qty\`, \`name\`)
select excluded.\`id\`, excluded.\`qty\`, (user()) from stage as excluded order by excluded.upsurge_ord`);
    expect(insertSql(keyed(), [], from, MYSQL)).toBe("insert into `t` () values ()");
  });

  test("an insert of the rows that are missing", () => {
    expect(insertMissingSql(keyed(), ["id", "qty"], rows(keyed()), MYSQL))
      .toBe(`insert into \`t\` (\`id\`, \`qty\`)
select excluded.\`id\`, excluded.\`qty\` from stage as excluded
where excluded.shape = 1 and not exists (select 1 from \`t\` as target where target.\`id\` = excluded.\`id\`) order by excluded.upsurge_ord`);
  });

  test("what rows meet, with a condition, for a delete, and where nothing is updated", () => {
    const from = `from stage as excluded inner join \`t\` as target on target.\`id\` = excluded.\`id\`
where excluded.shape = 1 for update`;
    const conditional = keyed({ updateWhere: "excluded.qty > target.qty" });

    expect(met(conditional)).toBe(
      `select count(*) as matched, coalesce(sum(not (excluded.qty > target.qty) is true), 0) as skipped, coalesce(sum((excluded.qty > target.qty) is true and (not (target.\`qty\` <=> excluded.\`qty\`)) is not true), 0) as unchanged\n${from}`,
    );
    expect(met({ ...keyed(), deletesRows: true })).toBe(
      `select count(*) as matched, coalesce(sum(not (true) is true), 0) as skipped, 0 as unchanged\n${from}`,
    );
    expect(met(keyed({ ignore: true }))).toBe(
      `select count(*) as matched, 0 as skipped, 0 as unchanged\n${from}`,
    );
  });
});

describe("MySQL's spelling of the shared writes", () => {
  test("an update of the rows that are met begins with the join", () => {
    const plan = keyed({ updateWhere: "excluded.qty > 0" });

    expect(updateFoundSql(plan, ["id", "qty"], rows(plan), MYSQL))
      .toBe(`update \`t\` as target inner join stage as excluded on target.\`id\` = excluded.\`id\`
set target.\`qty\` = excluded.\`qty\` where (excluded.shape = 1) and (excluded.qty > 0) and (not (target.\`qty\` <=> excluded.\`qty\`))`);
    expect(updateFoundSql(keyed({ ignore: true }), COLUMNS, rows(plan), MYSQL)).toBeNull();
  });

  test("one by an expression works its values out first, since an assignment sees those before it", () => {
    const plan = keyed({ set: ["qty = target.qty + 1", "name = concat(target.qty, 'x')"] });
    const match = "target.`id` = excluded.`id`";
    const update = updateFoundSql(plan, ["id"], rows(plan), MYSQL) ?? "";

    expect(update.split(" where ")[0])
      .toBe(`update /*+ NO_MERGE(excluded) */ \`t\` as target inner join (select excluded.\`id\`, (target.qty + 1) as \`qty\`, (concat(target.qty, 'x')) as \`name\`
from stage as excluded inner join \`t\` as target on ${match}`);
    expect(update.split(") as excluded ")[1]).toBe(`on ${match}
set target.\`qty\` = excluded.\`qty\`, target.\`name\` = excluded.\`name\``);
  });

  test("so does their delete", () => {
    const plan = { ...keyed(), deletesRows: true } as const;

    expect(updateFoundSql(plan, COLUMNS, rows(plan), MYSQL))
      .toBe(`delete target from \`t\` as target inner join stage as excluded on target.\`id\` = excluded.\`id\`
where (excluded.shape = 1)`);
  });

  test("an upsert names no key; one that leaves rows alone writes the key over itself", () => {
    const from = rowsInOrder({ relation: "stage", condition: null });
    const upsert = (options: GivenOptions): string =>
      upsertSql(keyed(options), ["id", "qty"], { from, test: ({ differs }) => differs }, MYSQL);
    const insert = `insert into \`t\` (\`id\`, \`qty\`)
select excluded.\`id\`, excluded.\`qty\` from stage as excluded order by excluded.upsurge_ord`;

    expect(upsert({})).toBe(`${insert}\non duplicate key update \`qty\` = excluded.\`qty\``);
    expect(upsert({ ignore: true })).toBe(
      `${insert}\non duplicate key update \`id\` = \`t\`.\`id\``,
    );
    expect(upsert({ rewriteUnchanged: true })).toBe(upsert({}));
    expect(upsert({ set: ["qty = target.qty + excluded.qty"] })).toBe(
      `${insert}\non duplicate key update \`qty\` = (\`t\`.qty + excluded.qty)`,
    );
  });
});
