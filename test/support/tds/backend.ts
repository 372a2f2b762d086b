/** What stands behind the TDS server of the tests: something that answers T-SQL. The server knows the wire, the backend the language. */

/** A column of a result set, with the type it has on the wire. */
export interface TdsColumn {
  readonly name: string;
  readonly type: "int" | "bigint" | "bit" | "nvarchar";
}

/** What a running batch of statements produces, in order. */
export type TdsEvent =
  | { readonly kind: "columns"; readonly columns: readonly TdsColumn[] }
  /** A row of the last columns: text in every place, NULL as null. */
  | { readonly kind: "row"; readonly values: readonly (string | null)[] }
  /** A statement ended; `rowCount` is null where it counts nothing or NOCOUNT is on. */
  | { readonly kind: "done"; readonly rowCount: number | null }
  | ({ readonly kind: "error" } & TdsMessage);

/** An error as the server sends it. */
export interface TdsMessage {
  readonly number: number;
  readonly message: string;
  /** Severity; 14 where it does not matter. */
  readonly severity: number;
}

/** A parameter of a remote call, as text. */
export interface TdsParameter {
  /** With its @. */
  readonly name: string;
  readonly value: string | null;
}

/** One connection's side of the language. Calls come one at a time. */
export interface TdsSession {
  /** True between the begin and the end of a transaction; the server tells the client when it changes. */
  readonly inTransaction: boolean;
  /** Runs a batch, or the statement of `sp_executesql` with its parameters. Never throws for an error of the language: it yields it. */
  execute(sql: string, parameters: readonly TdsParameter[]): AsyncIterable<TdsEvent>;
  /** Takes the rows of a bulk load. Throws a `TdsError` when the server would refuse them; answers with their number, and with null while NOCOUNT is on. */
  bulk(load: TdsBulk): Promise<number | null>;
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  save(name: string): Promise<void>;
  close(): Promise<void>;
}

/** A bulk load: `insert bulk table (columns) with (options)` and its rows. */
export interface TdsBulk {
  /** As the client wrote it. */
  readonly table: string;
  readonly columns: readonly string[];
  /** In upper case: `CHECK_CONSTRAINTS`, `FIRE_TRIGGERS`, `KEEP_NULLS`, `TABLOCK`. */
  readonly options: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** Opens sessions for clients that log in. */
export interface TdsBackend {
  /** Throws a `TdsError` (18456, 4060) when the login is refused. */
  login(credentials: {
    readonly user: string;
    readonly password: string;
    readonly database: string;
    /** Of Entra ID, in the place of user and password. */
    readonly token?: string;
  }): Promise<TdsSession>;
}

/** An error that the server sends to the client. */
export class TdsError extends Error implements TdsMessage {
  readonly number: number;
  readonly severity: number;

  constructor(number: number, message: string, severity = 14) {
    super(message);
    this.number = number;
    this.severity = severity;
  }
}
