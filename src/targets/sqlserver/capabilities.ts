/** What SQL Server can do, by what the server says of itself. Pure. */
import type { MethodCapabilities } from "../method-capabilities.ts";
import type { Capabilities, LockEscalation } from "../capabilities.ts";
import { COPIES } from "./apply/direct-insert.ts";
import { madeOf } from "./made-of.ts";
import type { SqlServerInfo } from "./connect/ask-server.ts";

/** Its upsert is MERGE; it has no BEFORE triggers. */
export const METHODS: MethodCapabilities = { native: "merge", copy: COPIES };

/**
 * From 5,000 locks of one statement on one index or heap the server tries for a lock on the whole table, and holds it until the
 * commit: nobody else reads or writes then. Each index counts by itself, and so does each statement, whatever the transaction
 * holds. A row takes a lock on its key, one on the gap before the next key (HOLDLOCK), and one on a page that it may have for
 * itself.
 */
const ESCALATION: LockEscalation = { locksPerRow: 3, locks: 5000 };

/** The capabilities of a server. */
export function capabilitiesOf(server: SqlServerInfo): Capabilities {
  return {
    rowSources: server.hasOpenJson ? ["staged", "arrays", "values"] : ["staged", "values"],
    setBased: true,
    methods: METHODS,
    upsertsWithoutIndex: true,
    appliesRowsInOrder: false,
    ...(server.mergeDoubt === null ? {} : { nativeDoubt: server.mergeDoubt }),
    advancesIdentity: true,
    countsPartitioned: true,
    storesNul: true,
    notNullCode: "515",
    madeOf,
    // 4,800 locks.
    batchRows: 1600,
    ...(server.isMicrosoft ? { escalation: ESCALATION } : {}),
    truncateResetsIdentity: true,
    // NEWSEQUENTIALID() and identities make values nowhere else.
    made: ({ identity, defaultSql }) =>
      identity === null && defaultSql === null ? null : { kind: "written" },
    bytesPrefix: "0x",
    bytesType: "varbinary(max)",
  };
}
