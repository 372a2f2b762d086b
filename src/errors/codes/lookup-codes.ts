/** The errors of look-ups; a part of the registry in `codes.ts`. */
import type { ErrorTexts } from "../codes.ts";

/** Code → texts. */
export const LOOKUP_CODES = {
  PLAN_LOOKUP_TABLE: {
    title: "there is no table {table} to look {column} up in",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  PLAN_LOOKUP_REFERENCE: {
    title: "it is not known which column of {table} {column} refers to",
    cause: "{reason}",
    fix: "say which column it is: --lookup {suggestion}",
    exit: 2,
  },
  PLAN_LOOKUP_INSERT: {
    title: "--lookup-missing insert cannot make rows of {table}",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  PLAN_LOOKUP_REFUSED: {
    title: "the database does not take the look-up of {column}",
    cause: "{reason}",
    fix: "choose columns of {table} that can be compared with =, in --lookup",
    exit: 2,
  },
} as const satisfies Record<string, ErrorTexts>;
