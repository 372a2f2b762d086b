/** Faults that a test asks the TDS server to commit. What they look like on the wire is the connection's business. */
import type { TdsMessage } from "./backend.ts";

/** What a client asked for, without what the driver does by itself: its settings after each login, its `SELECT 1;`. */
export interface TdsRequest {
  readonly kind: "batch" | "rpc" | "bulk" | "begin" | "commit" | "rollback" | "save";
  /** The statement, for a bulk load its `insert bulk`, for a savepoint its name, else empty. */
  readonly sql: string;
  /** How many requests of this kind the server has had, this one included. */
  readonly count: number;
}

/** Cut the connection, or answer with this error. */
export type TdsFault = "cut" | TdsMessage;

/** What goes wrong with one request. */
export interface TdsFaultPlan {
  /** Instead of running it. */
  readonly before?: TdsFault;
  /** It ran, but this is all that the client hears of it. */
  readonly after?: TdsFault;
  /** Instead of the n-th row, counted from 1 over all of the request's results; the earlier ones arrive. */
  readonly atRow?: { readonly row: number; readonly fault: TdsFault };
}

/** Asked before each request what is to go wrong with it. */
export type TdsFaults = (request: TdsRequest) => TdsFaultPlan | undefined;
