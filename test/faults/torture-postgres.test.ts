/** kill -9 at random moments of loads into PostgreSQL. `npm run torture` does it for as long as one likes. */
import { tortureTarget } from "./torture/torture.ts";

tortureTarget("postgres");
