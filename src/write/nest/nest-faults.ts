/** What stands against records that hold others, told of the record that it is in. Pure. */
import type { Batch, Row, RowFault } from "../../model/batch.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import { placeText } from "../../model/nest/nesting.ts";
import { tableName } from "../../model/table-shape.ts";
import type { Capabilities } from "../../targets/capabilities.ts";
import { TransactionAborted } from "../../targets/target.ts";
import type { LinkKey } from "./link-finder.ts";

/** Nothing tells what a row is referred to by; `isThere`: it was written, so that it is there under another key. */
export function unlinked(
  row: Row,
  plan: TablePlan | undefined,
  { key, isThere }: { readonly key: LinkKey | undefined; readonly isThere: boolean },
): RowFault {
  const table = plan?.table;
  const label = table === undefined ? "the table" : tableName(table.name);
  const fault = { row, dbCode: null, constraint: null };
  if (key?.kind === "unfit") return { ...key.fault, row };
  if (key?.kind === "absent" && isThere) {
    const message = `${label} has no row with ${key.key}, as which it was written: the database stored another key, and rows are to refer to it`;
    return { ...fault, code: "ROW_NEST_KEY", column: null, message };
  }
  if (key?.kind === "absent") {
    const message = `${label} has no row with ${key.key} to refer to`;
    return { ...fault, code: "ROW_LOOKUP", column: null, message };
  }
  const [column, found] = key?.kind === "unknown" ? [key.column, key.found] : [null, 0];
  if (found > 1) {
    const message = `${found} rows of ${label} have its key, and others are to refer to one`;
    return { ...fault, code: "ROW_LOOKUP_SEVERAL", column, message };
  }
  const message = `rows refer to ${column ?? "a column"} of ${label}, which the record does not have, nor a whole key by which its row is found`;
  return { ...fault, code: "ROW_NEST_KEY", column, message };
}

/** What helps where rows of one record exchange the values of a unique key, which is checked row by row. */
const DEFERRABLE = "; rows of one record that swap a key need a DEFERRABLE constraint";
const IN_TWO_LOADS =
  "; rows of one record cannot swap a key here, where no constraint is DEFERRABLE: load them with free values of it first, then with these";

/** What the session of the records can do. */
type Deferring = Pick<Capabilities, "defersKeys">;

/** The fault of a row as that of the record that it is in. */
export function ofRecord(fault: RowFault, record: Row, { defersKeys }: Deferring): RowFault {
  const { row } = fault;
  if (row.root === undefined) return { ...fault, row: record };
  const { place } = row.record;
  const where = place === undefined ? "" : `${placeText(place)}: `;
  const swaps = defersKeys === true ? DEFERRABLE : IN_TWO_LOADS;
  const way = fault.code === "ROW_UNIQUE" ? swaps : "";
  return { ...fault, row: record, nested: row, message: `${where}${fault.message}${way}` };
}

/** The transaction is lost: the next try refuses the record, or writes all of these one by one to know which. */
export function ofRecords(
  { message, fault }: TransactionAborted,
  batch: Batch,
  deferring: Deferring,
): TransactionAborted {
  const [only] = batch.rows;
  const isKnown = batch.size === 1 && only !== undefined && fault !== null;
  return new TransactionAborted(
    message,
    batch.rows,
    isKnown ? ofRecord(fault, only, deferring) : null,
  );
}
