/** The errors of nested records; a part of the registry in `codes.ts`. */
import type { ErrorTexts } from "../codes.ts";

/** Code → texts. */
export const NEST_CODES = {
  PLAN_NEST_TABLE: {
    title: "there is no table {table} for the rows in {member}",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  PLAN_NEST_LINK: {
    title:
      "it is not known how rows of {table}, which are in {member}, and rows of {parent} are linked",
    cause: "{reason}",
    fix: "say which columns refer to which: {suggestion}",
    exit: 2,
  },
  PLAN_NEST_KEY: {
    title: "the rows of {table} cannot be found again, and rows of {other} are linked to them",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
} as const satisfies Record<string, ErrorTexts>;
