/** Tables of every kind that the SQL Server target can be given. */
import type { TableShape } from "../../../src/model/table-shape.ts";
import type { Options } from "../../../src/options/options.ts";
import { quoteIdentifier } from "../../../src/targets/sqlserver/quote.ts";
import { column, table, uniqueKey } from "../../helpers/shapes.ts";

/** Every type that the target knows, in its own spelling. */
export const TYPES: readonly string[] =
  `bigint int smallint tinyint bit decimal(10,2) numeric(38,0) float real money
  smallmoney uniqueidentifier xml sql_variant date time(7) datetime smalldatetime datetime2(3) datetimeoffset(7)
  char(3) varchar(10) varchar(max) text nchar(3) nvarchar(10) nvarchar(max) ntext
  binary(8) varbinary(20) varbinary(max) image hierarchyid geometry geography`
    .split(/\s+/)
    .concat(
      "varchar(10) COLLATE Latin1_General_BIN2",
      "nvarchar(4000) COLLATE Turkish_CI_AS",
      "text COLLATE Latin1_General_CI_AS",
      "char(5) COLLATE Latin1_General_100_BIN2_UTF8",
    );

const INT = { type: "int" };
const KEY = { type: "int", nullable: false };
const NAME = { type: "nvarchar(40)", family: "text" } as const;

/** A table of SQL Server: `[dbo].[t]`, whose keys are quoted with brackets. */
export function tsqlTable(facts: Partial<TableShape> = {}): TableShape {
  const shape = table({
    name: { schema: "dbo", name: "t" },
    columns: [column("id", KEY), column("qty", INT), column("name", NAME)],
    ...facts,
  });
  return {
    ...shape,
    uniqueKeys: shape.uniqueKeys.map((key) => ({
      ...key,
      keyExpressions: key.columns.map((name) => quoteIdentifier(name ?? "")),
    })),
  };
}

const after = {
  name: "audit",
  timing: "after",
  level: "statement",
  events: ["insert", "update"],
} as const;
const instead = { ...after, timing: "instead" } as const;
const plain = [column("id", KEY), column("qty", INT), column("name", NAME)];

/** A table with the key that its loads use. */
export interface Case {
  readonly shape: TableShape;
  readonly key: readonly string[];
  readonly options?: Partial<Options>;
}

/** The tables, by what is special about them. */
export const TABLES: Readonly<Record<string, Case>> = {
  plain: { shape: tsqlTable(), key: ["id"] },
  "odd names": {
    shape: tsqlTable({
      name: { schema: "my]schema", name: "a.b'c" },
      columns: [
        column("a]b", KEY),
        column("select", INT),
        column("na me", NAME),
        column("[x]", INT),
      ],
      uniqueKeys: [uniqueKey(["a]b"])],
    }),
    key: ["a]b"],
  },
  "composite key": {
    shape: tsqlTable({
      columns: [column("region", NAME), column("id", KEY), column("qty", INT)],
      uniqueKeys: [uniqueKey(["region", "id"])],
    }),
    key: ["region", "id"],
  },
  "filtered index": {
    shape: tsqlTable({
      columns: [...plain, column("live", { type: "bit" })],
      uniqueKeys: [
        uniqueKey(["id"], { name: "u", predicate: "([live]=(1) AND [name] IS NOT NULL)" }),
      ],
      upsertHazard: "MERGE is not safe with the filtered unique index u",
    }),
    key: [],
    options: { constraint: "u" },
  },
  "no index": { shape: tsqlTable({ columns: plain, uniqueKeys: [] }), key: ["id", "name"] },
  "nullable key without an index": {
    shape: tsqlTable({ columns: [column("k", INT), ...plain], uniqueKeys: [] }),
    key: ["k"],
  },
  identity: {
    shape: tsqlTable({
      columns: [column("no", { ...KEY, identity: "always", volatileDefault: true }), ...plain],
    }),
    key: ["id"],
    options: { keepIdentity: true },
  },
  computed: {
    shape: tsqlTable({
      columns: [
        ...plain,
        column("twice", { type: "int", generatedSql: "([qty]*(2))" }),
        column("again", { type: "int", generatedSql: "([qty]+len([name]))" }),
        column("version", { type: "timestamp", generatedSql: "rowversion", nullable: false }),
        column("since", {
          type: "datetime2(7)",
          generatedSql: "GENERATED ALWAYS",
          nullable: false,
        }),
      ],
    }),
    key: ["id"],
    options: { updateWhere: "excluded.[twice] > target.[twice] AND excluded.version IS NULL" },
  },
  checks: {
    shape: tsqlTable({
      columns: [
        ...plain,
        column("at", { type: "datetime2(7)", nullable: false, defaultSql: "(sysdatetime())" }),
      ],
      checked: true,
      checks: [
        { name: "positive", sql: "([qty]>(0))" },
        { name: "named", sql: "(len([name])>(2) AND [name] like N'a%' OR [name] IS NULL)" },
      ],
    }),
    key: ["id"],
  },
  defaults: {
    shape: tsqlTable({
      columns: [
        ...plain,
        column("word", { ...NAME, defaultSql: "(N'it''s')" }),
        column("guid", {
          type: "uniqueidentifier",
          defaultSql: "(newid())",
          volatileDefault: true,
        }),
      ],
    }),
    key: ["id"],
  },
  triggers: { shape: tsqlTable({ triggers: [after] }), key: ["id"] },
  "instead of": { shape: tsqlTable({ triggers: [instead] }), key: ["id"] },
  view: { shape: tsqlTable({ kind: "view", uniqueKeys: [], triggers: [instead] }), key: ["id"] },
  types: {
    shape: tsqlTable({
      columns: [column("id", KEY), ...TYPES.map((type, at) => column(`c${at}`, { type }))],
    }),
    key: ["id"],
  },
};
