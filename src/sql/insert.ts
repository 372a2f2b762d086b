/** The inserts of incoming rows. Pure. */
import type { TablePlan } from "../model/load-plan.ts";
import type { Dialect, MeetRows } from "./dialect.ts";

type InsertSpelling = Pick<
  Dialect,
  "quote" | "into" | "target" | "anyRow" | "defaultRow" | "bringsIds" | "stampsStage"
> & {
  /** A clause behind the names of the columns; absent: none. */
  readonly output?: string;
};

/** The columns that are inserted of rows that carry `columns`, and their values. Stamps take the place of the source's values. */
export function insertedColumns(
  { update }: Pick<TablePlan, "update">,
  columns: readonly string[],
  { quote, stampsStage }: Pick<InsertSpelling, "quote" | "stampsStage">,
): { readonly names: readonly string[]; readonly values: readonly string[] } {
  const carried = columns.filter((name) => update.stamps.every((stamp) => stamp.column !== name));
  return {
    names: [...carried, ...update.stamps.map(({ column }) => column)].map(quote),
    values: [
      ...carried.map((name) => `excluded.${quote(name)}`),
      ...update.stamps.map(({ column, expression }) =>
        stampsStage ? `excluded.${quote(column)}` : `(${expression})`,
      ),
    ],
  };
}

/** The same as lists of SQL, with what the database wants to be told of the columns. */
export function insertedSql(
  plan: TablePlan,
  columns: readonly string[],
  dialect: Pick<InsertSpelling, "quote" | "bringsIds" | "stampsStage">,
): { readonly names: string; readonly values: string } {
  const { table, keepIdentity } = plan;
  const { names, values } = insertedColumns(plan, columns, dialect);
  const hasIds = table.columns.some(
    ({ identity, name }) => identity === "always" && columns.includes(name),
  );
  const told = hasIds && keepIdentity ? dialect.bringsIds : "";
  return {
    names: names.length === 0 ? "" : `(${names.join(", ")})${told}`,
    values: values.join(", "),
  };
}

/** `insert into "t" as target (…) select … from rows`: `from` is a relation called `excluded`, its conditions and its order. */
export function insertSql(
  plan: TablePlan,
  columns: readonly string[],
  from: string,
  dialect: InsertSpelling,
): string {
  const { names, values } = insertedSql(plan, columns, dialect);
  const into = `insert into ${dialect.into(plan)}`;
  const { output = "" } = dialect;
  const told = output === "" ? "" : ` ${output}`;
  return names === ""
    ? `${into}${told} ${dialect.defaultRow}`
    : `${into} ${names}${told}\nselect ${values} from ${from}`;
}

/** The rows that are meant, in the order of the source. */
export function rowsInOrder({ relation, condition }: Omit<MeetRows, "match">): string {
  const where = condition === null ? "" : ` where ${condition}`;
  return `${relation} as excluded${where} order by excluded.upsurge_ord`;
}

/** `insert into "t" … where not exists (…) order by …`. */
export function insertMissingSql(
  plan: TablePlan,
  columns: readonly string[],
  { relation, match, condition }: MeetRows,
  dialect: InsertSpelling,
): string {
  const missing = `not exists (${dialect.anyRow} from ${dialect.target(plan)} where ${match})`;
  const where = [...(condition === null ? [] : [condition]), missing].join(" and ");
  const from = `${relation} as excluded\nwhere ${where} order by excluded.upsurge_ord`;
  return insertSql(plan, columns, from, dialect);
}
