/** Every named moment of a load, one writer into PostgreSQL: what was cut short there is completed by the same command. */
import { faultCells } from "./torture/fault-cells.ts";

faultCells({
  target: "postgres",
  writers: 1,
  actions: ["cut", "throw", "kill"],
  without: [
    "level",
    "level-applied",
    "share",
    "shared",
    "seal",
    "sealed",
    "forget",
    "forgotten",
    "reject-place",
    "reject-placed",
  ],
});
