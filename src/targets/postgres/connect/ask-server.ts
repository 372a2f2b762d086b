/** Asks a server what it is. */
import type { Client } from "pg";
import { isServerError } from "../errors.ts";
import { makerOf } from "../distributed/makers.ts";
import type { Maker } from "../distributed/makers.ts";
import { judgeServer } from "./lookalike.ts";
import type { Lookalike } from "./lookalike.ts";

/** What a server says of itself. */
export interface PostgresServer {
  /** `server_version_num`; 0 where there is none. */
  readonly version: number;
  /** The encoding of the database, by the server's name for it; empty where it is not told. */
  readonly encoding: string;
  /** It repeats what another server writes. */
  readonly standby: boolean;
  /** Transactions are read-only unless they say otherwise. */
  readonly readOnly: boolean;
  /** It has the extension Citus, whose tables may be spread over several servers. */
  readonly hasCitus: boolean;
  /** It is a distributed server that loads are written for in a way of their own; `null`: it is not. */
  readonly maker: Maker | null;
  /** `null`: it is PostgreSQL. */
  readonly lookalike: Lookalike | null;
}

/** Its version, and whether it is PostgreSQL; nothing on the search path can answer in its place. */
export async function askServer(client: Client): Promise<PostgresServer> {
  const sql = `select pg_catalog.version() as text,
    pg_catalog.current_setting('server_version_num', true) as number,
    pg_catalog.current_setting('server_encoding', true) as encoding,
    pg_catalog.current_setting('in_hot_standby', true) as standby,
    pg_catalog.current_setting('default_transaction_read_only', true) as readonly,
    exists (select 1 from pg_catalog.pg_extension where extname = 'citus') as citus`;
  try {
    const { rows } =
      await client.query<
        Partial<Record<"text" | "number" | "encoding" | "standby" | "readonly" | "citus", unknown>>
      >(sql);
    const { text, number, encoding, standby, readonly, citus } = rows[0] ?? {};
    const version = /^\d+$/.test(String(number)) ? Number(number) : 0;
    return {
      version,
      encoding: typeof encoding === "string" ? encoding : "",
      standby: standby === "on",
      readOnly: readonly === "on",
      hasCitus: citus === true,
      maker: makerOf(typeof text === "string" ? text : ""),
      lookalike: judgeServer(typeof text === "string" ? text : null),
    };
  } catch (error) {
    if (!isServerError(error) || !/^(?:0A|22|42)/.test(error.code)) throw error;
    return {
      version: 0,
      encoding: "",
      standby: false,
      readOnly: false,
      hasCitus: false,
      maker: null,
      lookalike: judgeServer(null),
    };
  }
}
