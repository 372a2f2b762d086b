/** What the temporary tables of a load into PostgreSQL are called. Pure. */
import { temporaryTables } from "../../../sql/temporary-tables.ts";

/** `pg_temp.upsurge_stage`, and the others. */
export const TEMPORARY = temporaryTables("pg_temp.");
