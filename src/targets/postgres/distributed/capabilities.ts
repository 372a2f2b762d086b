/** What a load may rely on with a distributed server. */
import type { Capabilities } from "../../capabilities.ts";
import { structureText } from "../stage/structure-text.ts";
import { dateOrder } from "../words.ts";
import type { Maker } from "./makers.ts";
import { CHANGES } from "./refuse-plan.ts";

/** So many rows go in one statement. */
const BATCH_ROWS = 1000;

/** Of the server of this maker. */
export function capabilitiesOf({ commitRows, name }: Maker): Capabilities {
  return {
    rowSources: ["arrays"],
    setBased: false,
    methods: { native: "upsert" },
    appliesRowsInOrder: true,
    anyConstraint: true,
    countsPartitioned: true,
    notNullCode: "23502",
    batchRows: BATCH_ROWS,
    ...(commitRows === null ? {} : { commitRows }),
    scriptObstacle: `on ${name} ${CHANGES}`,
    structureText,
    bytesPrefix: "\\x",
    bytesType: "bytea",
    dateOrder,
  };
}
