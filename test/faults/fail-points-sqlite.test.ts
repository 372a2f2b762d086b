/** Every named moment of a load, SQLite: what was cut short there is completed by the same command. */
import { faultCells } from "./torture/fault-cells.ts";

faultCells({
  target: "sqlite",
  writers: 1,
  actions: ["kill", "throw"],
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
