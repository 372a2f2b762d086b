/** Every named moment of a load, two writers into PostgreSQL: what was cut short there is completed by the same command. */
import { faultCells } from "./torture/fault-cells.ts";

faultCells({
  target: "postgres",
  writers: 2,
  actions: ["cut", "throw", "kill"],
  without: ["level", "level-applied", "forget", "forgotten", "reject-place", "reject-placed"],
});
