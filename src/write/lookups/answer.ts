/** What the other table has for a key, and what is wrong with a record that asks for it. */
import type { Row, RowFault } from "../../model/batch.ts";
import type { LookupPlan } from "../../model/lookup-plan.ts";
import { tableName } from "../../model/table-shape.ts";
import type { KeyTexts } from "../../model/sql/lookup-sql.ts";
import type { Session } from "../../targets/target.ts";

/** The row that was found: the text of what is referred to. */
export interface Found {
  readonly kind: "found";
  readonly id: string;
  /** It is a number to a column that takes any type. */
  readonly isNumber: boolean;
  /** Its place in the table of keys; -1: it has none, as a number is a part of its key. */
  readonly entry: number;
}

/** What became of a key. `unfit`: one of its texts is no value of its column; the place of it, or the database's error. */
export type Answer =
  | Found
  | { readonly kind: "missing" }
  | { readonly kind: "several"; readonly count: number }
  | { readonly kind: "unfit"; readonly place: number; readonly error: unknown };

/** A fault but for its row. */
export type LookupFault = Omit<RowFault, "row">;

/** So much of a value is shown. */
const SHOWN = 40;

/** `email = 'x'`, as messages name a key. */
export function keyText({ keys }: LookupPlan, texts: KeyTexts): string {
  return keys.map(({ column }, at) => `${column.name} = ${shown(texts[at] ?? "")}`).join(" and ");
}

function shown(text: string): string {
  return `'${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}'`;
}

/** Of a key that no row has; `made`: a row was to be made, and is not there. */
export function missingFault(lookup: LookupPlan, texts: KeyTexts): LookupFault {
  const said = `${tableName(lookup.parent.name)} has no row with ${keyText(lookup, texts)}`;
  const message =
    lookup.missing === "insert"
      ? `${said}, and none was made: another key of it may forbid that`
      : said;
  return fault(lookup, "ROW_LOOKUP", message);
}

/** Of a key that several rows have. */
export function severalFault(lookup: LookupPlan, texts: KeyTexts, count: number): LookupFault {
  const message = `${count} rows of ${tableName(lookup.parent.name)} have ${keyText(lookup, texts)}`;
  return fault(lookup, "ROW_LOOKUP_SEVERAL", message);
}

/** Of a record that has a part of the key. */
export function partialFault(lookup: LookupPlan, texts: readonly (string | null)[]): LookupFault {
  const names = (isEmpty: boolean): string =>
    lookup.keys
      .filter((_, at) => isNothing(texts[at]) === isEmpty)
      .map(({ column, field }) => field ?? column.name)
      .join(", ");
  const message = `${names(true)} is empty and ${names(false)} is not: ${lookup.column.name} cannot be looked up by a part of its key`;
  return fault(lookup, "ROW_LOOKUP_PARTIAL", message);
}

/** Of a text that is no value of the column it is compared with. */
export function unfitFault(lookup: LookupPlan, texts: KeyTexts, place: number): LookupFault {
  const column = lookup.keys[place - 1]?.column;
  const of = `${tableName(lookup.parent.name)}.${column?.name ?? ""} (${column?.type ?? ""})`;
  return fault(lookup, "ROW_TYPE", `${shown(texts[place - 1] ?? "")} is no value of ${of}`);
}

/** Of a row of a level that is looked up by such a text: it is at fault in its own key. */
export function unfitKeyFault(
  lookup: LookupPlan,
  { place, error }: Extract<Answer, { readonly kind: "unfit" }>,
  {
    texts,
    row,
    session,
  }: {
    readonly texts: KeyTexts;
    readonly row: Row;
    readonly session: Pick<Session, "rowFault">;
  },
): LookupFault {
  const [only, ...others] = lookup.keys;
  const column = place > 0 ? lookup.keys[place - 1] : others.length === 0 ? only : undefined;
  const fault =
    place > 0 ? unfitFault(lookup, texts, place) : session.rowFault(row, error, lookup.parent);
  return { ...fault, column: column?.column.name ?? fault.column };
}

/** Of a key column that would be NULL. */
export function nullKeyFault(lookup: LookupPlan): LookupFault {
  const message = `the key column ${lookup.column.name} would be NULL, as its look-up has nothing; a NULL key would insert a new row on every run`;
  return fault(lookup, "ROW_NULL_KEY", message);
}

function fault({ column }: LookupPlan, code: LookupFault["code"], message: string): LookupFault {
  return { code, column: column.name, dbCode: null, constraint: null, message };
}

/** True of a text that stands for nothing. */
export function isNothing(text: string | null | undefined): boolean {
  return text === null || text === undefined || text === "";
}
