/** The grants of SQL Server, as texts: the translated server has no users to grant anything to. */
import { expect, test } from "vitest";
import type { Options } from "../../../../src/options/options.ts";
import { neededPrivileges } from "../../../../src/plan/requirements.ts";
import { checkpointGrants, grantsFor } from "../../../../src/targets/sqlserver/catalog/grants.ts";
import { METHODS } from "../../../../src/targets/sqlserver/capabilities.ts";
import { quoteIdentifier } from "../../../../src/targets/sqlserver/quote.ts";
import { ABLE, column, planFor, table } from "../../../helpers/shapes.ts";

const FREE = {
  ...ABLE,
  methods: METHODS,
  upsertsWithoutIndex: true,
  appliesRowsInOrder: false,
  anyConstraint: false,
};
const SHAPE = table({ name: { schema: "sa les", name: "t]" } });

function grants(options: Partial<Options>, shape = SHAPE, user = "loader]; DROP"): string {
  const plan = planFor(shape, options, { capabilities: FREE, quoteIdentifier });
  const privileges = neededPrivileges(plan, FREE);
  return grantsFor({ plan, job: plan.job, privileges, ddl: null, filled: new Set() }, user).join(
    "\n",
  );
}

const ON = "ON [sa les].[t]]] TO [loader]]; DROP];";

test.each([
  [{ mode: "insert" }, "INSERT, VIEW DEFINITION"],
  [{ key: ["id"] }, "SELECT, INSERT, UPDATE, VIEW DEFINITION"],
  [{ key: ["id"], mode: "update" }, "SELECT, UPDATE, VIEW DEFINITION"],
  [{ key: ["id"], ignore: true }, "SELECT, INSERT, VIEW DEFINITION"],
  [{ key: ["id"], ignore: true, strategy: "select-then-write" }, "SELECT, INSERT, VIEW DEFINITION"],
] as const)("for %j are what the mode needs", (options, privileges) => {
  expect(grants(options)).toBe(`GRANT ${privileges} ${ON}`);
});

test("hold ALTER for --keep-identity alone", () => {
  const shape = table({ ...SHAPE, columns: [column("id", { identity: "always" }), column("a")] });

  expect(grants({ key: ["id"], keepIdentity: true }, shape).split("\n")).toEqual([
    `GRANT SELECT, INSERT, UPDATE, VIEW DEFINITION ${ON}`,
    `GRANT ALTER ${ON}`,
  ]);
});

test("for --truncate are DELETE, or ALTER to truncate, and a look at tables that cascade", () => {
  const other = { schema: "dbo", name: "lines" };
  const cascading = {
    name: "f",
    table: other,
    columns: ["t"],
    refersTo: ["id"],
    onDelete: "cascade",
  } as const;
  const known = table({ ...SHAPE, referredBy: [], truncateHazard: null });
  const referred = table({ ...known, referredBy: [cascading] });

  expect(grants({ mode: "insert", truncate: true }, known).split("\n")).toEqual([
    `GRANT SELECT, INSERT, VIEW DEFINITION ${ON}`,
    `GRANT ALTER ${ON}`,
  ]);
  expect(grants({ mode: "insert", truncate: true }, referred).split("\n")).toEqual([
    `GRANT SELECT, INSERT, DELETE, VIEW DEFINITION ${ON}`,
    "GRANT SELECT ON [dbo].[lines] TO [loader]]; DROP];",
  ]);
});

/** The grants of a plain insert with a column of this type beside its id. */
function ofType(type: string): string {
  const columns = [column("id", { type: "int" }), column("a", { type })];
  return grants({ mode: "insert" }, table({ columns }));
}

test("hold SELECT where rows may go straight into the table by bulk load", () => {
  expect(ofType("nvarchar(40)")).toBe(
    "GRANT SELECT, INSERT, VIEW DEFINITION ON [public].[t] TO [loader]]; DROP];",
  );
  // The server must read such values, so rows are staged.
  expect(ofType("decimal(8, 2)")).toBe(
    "GRANT INSERT, VIEW DEFINITION ON [public].[t] TO [loader]]; DROP];",
  );
});

test("are none for the owner of the database", () => {
  expect(grants({ key: ["id"] }, SHAPE, "dbo")).toBe(
    "-- dbo owns the database: there is nothing to grant",
  );
});

test("for checkpoints are statements as well", () => {
  expect(checkpointGrants("[dbo].[upsurge_checkpoint]", "loader")).toEqual([
    "-- the checkpoint table has to be there: upsurge jobs --to URL --print-ddl --checkpoint-table '[dbo].[upsurge_checkpoint]'",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON [dbo].[upsurge_checkpoint] TO [loader];",
  ]);
});
