/** A connection to nowhere that notes what it is sent, for tests of texts; what a server makes of them is not its concern. */
import type {
  BulkColumn,
  BulkRow,
  SqlServerConnection,
  Fields,
  ResultSet,
  TextParameter,
} from "../../../src/targets/sqlserver/connect/connection.ts";

/** A request, with the names of its parameters. */
export interface Sent {
  readonly sql: string;
  readonly parameters: readonly TextParameter[];
}

/** A bulk load. */
export interface Bulk {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly BulkRow[];
}

/** Answers that every question of the target can live with. */
const ROW: Fields = {
  product: "Microsoft SQL Server 2022",
  version: "16.0.1000",
  edition: 3,
  level: 160,
  granted: 0,
  number: 0,
  doomed: 0,
  id: "1",
  schema: "dbo",
  name: "t",
  type: "U",
  counts: "{}",
  in_memory: 0,
  made: "2020-01-01T00:00:00.000",
  n: 1,
  upsurge_changed: 0,
};

/** The version of every table: none is altered. */
export const RECORDED_VERSION = "1";

/** A request for that version alone. */
const ASKS_FOR_VERSION = /^(?:DECLARE [^;]*;\s+)?SELECT [^;]* AS version_id[^;]*$/;

/** Notes requests; it is at no time in a transaction. */
export class Recorder {
  readonly sent: Sent[] = [];
  /** What was loaded into which table. */
  readonly bulkLoads: Bulk[] = [];
  readonly lost = false;

  /** As what the target takes. */
  get connection(): SqlServerConnection {
    return this as unknown as SqlServerConnection;
  }

  async batch(sql: string): Promise<readonly ResultSet[]> {
    return this.execute(sql, []);
  }

  async execute(sql: string, parameters: readonly TextParameter[]): Promise<readonly ResultSet[]> {
    this.sent.push({ sql, parameters });
    // The search for rows that share a key finds none.
    if (sql.startsWith("SELECT TOP (1)")) return [[]];
    if (ASKS_FOR_VERSION.test(sql)) return [[{ version_id: RECORDED_VERSION }]];
    // A guarded batch says how many sets it answers with; several queries answer with one each.
    const told = /\b(\d) AS upsurge_answers\b/.exec(sql)?.[1];
    const sets = Number(told ?? sql.split(";\nSELECT").length);
    // A row that is added to the checkpoint table is kept.
    const changed = sql.includes("insert into") ? 1 : 0;
    const row = { ...ROW, upsurge_changed: changed, upsurge_answers: sets };
    return [[row], ...Array.from({ length: sets - 1 }, () => [])];
  }

  async bulk(
    table: string,
    columns: readonly BulkColumn[],
    rows: readonly BulkRow[],
  ): Promise<void> {
    this.bulkLoads.push({ table, columns: columns.map(({ name }) => name), rows });
  }

  async begin(): Promise<void> {}
  async commit(): Promise<void> {}
  async rollback(): Promise<void> {}
  async close(): Promise<void> {}
}
