/** The schemas and levels that the law of nested records is tried on: each hangs its tables together in another way. */
import { BOXES, LANDS, LOGS, ORDERS, PARTS, TAGS } from "./arrays.ts";
import { BOOKS, POSTS, ROOMS, TRACKS } from "./objects.ts";
import type { Engine } from "../../engines.ts";
import type { NestShape } from "./parts.ts";
import { FIRMS, GRADES, RATES, STONES, TEAMS } from "./stored.ts";

/** All of them. */
export const NEST_SHAPES: readonly NestShape[] = [
  ORDERS,
  BOXES,
  TRACKS,
  POSTS,
  ROOMS,
  BOOKS,
  LANDS,
  PARTS,
  LOGS,
  TAGS,
  RATES,
  GRADES,
  STONES,
  FIRMS,
  TEAMS,
];

/** Those that are tried on a database. */
export function shapesOn(engine: Engine["name"]): readonly NestShape[] {
  return NEST_SHAPES.filter(({ engines }) => engines === undefined || engines.includes(engine));
}
