/** What PostgreSQL can do, by its version. Pure. */
import type { Capabilities } from "../target.ts";
import { methodsOf } from "./methods.ts";
import { structureText } from "./stage/structure-text.ts";

/** The database reads dates in its own style, which libpq's variable sets for one run. */
function dateOrder(order: "DMY" | "MDY"): string {
  return `run the same command with PGDATESTYLE=${order} in its environment, since the date style of the database decides; or write dates as YYYY-MM-DD`;
}

/** The capabilities of a server; `version` as `server_version_num` tells it. */
export function capabilitiesOf(version: number): Capabilities {
  return {
    rowSources: ["staged", "arrays", "values"],
    setBased: true,
    methods: methodsOf(version),
    upsertsWithoutIndex: false,
    appliesRowsInOrder: true,
    anyConstraint: true,
    advancesIdentity: false,
    upsertsViews: true,
    countsPartitioned: version >= 180_000,
    acceptsPackedBatches: true,
    storesNul: false,
    notNullCode: "23502",
    batchRows: 20_000,
    shortRows: 100_000,
    parallel: true,
    commitsAtOnce: true,
    lookupNeedsUpdatePrivilege: true,
    structureText,
    bytesPrefix: "\\x",
    bytesType: "bytea",
    dateOrder,
  };
}
