/** The savepoints of look-ups and of nested records, as the SQL standard spells them. Pure. */
import type { Savepoint } from "../model/sql/lookup-sql.ts";

/** What a look-up that adds rows is undone to. */
export const LOOKUP_SAVEPOINT: Savepoint = savepointNamed("upsurge_lookup");

/** What records are undone to that hold others. */
export const RECORD_SAVEPOINT: Savepoint = savepointNamed("upsurge_record");

function savepointNamed(name: string): Savepoint {
  return {
    savepoint: `savepoint ${name}`,
    rollback: `rollback to savepoint ${name}`,
    release: `release savepoint ${name}`,
  };
}
