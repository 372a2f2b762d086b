/** What PostgreSQL can do, by its version. Pure. */
import type { Capabilities } from "../capabilities.ts";
import { madeValue } from "./catalog/made-value.ts";
import { methodsOf, usedVersion } from "./methods.ts";
import { structureText } from "./stage/structure-text.ts";
import { namelessCheckFix } from "./catalog/nameless-check-fix.ts";
import { madeOf } from "./made-of.ts";
import { dateOrder } from "./words.ts";

/** The capabilities of a server; `version` as `server_version_num` tells it, `hasCitus`: with that extension. */
export function capabilitiesOf(version: number, hasCitus: boolean): Capabilities {
  return {
    rowSources: ["staged", "arrays", "values"],
    setBased: true,
    methods: methodsOf(version, hasCitus),
    appliesRowsInOrder: true,
    anyConstraint: true,
    upsertsViews: true,
    defersKeys: true,
    countsPartitioned: usedVersion(version) >= 180_000,
    acceptsPackedBatches: true,
    notNullCode: "23502",
    batchRows: 20_000,
    shortRows: 100_000,
    parallel: true,
    commitsAtOnce: true,
    lookupNeedsUpdatePrivilege: true,
    structureText,
    bytesPrefix: "\\x",
    bytesType: "bytea",
    made: madeValue,
    dateOrder,
    namelessCheck: namelessCheckFix,
    madeOf,
  };
}
