/** The errors of loads that make their table, or columns of it; a part of the registry in `codes.ts`. */
import type { ErrorTexts } from "../codes.ts";

/** Code → texts. */
export const DDL_CODES = {
  PLAN_NO_SCHEMA: {
    title: "no schema {schema}",
    cause: "the table {table} is to be created in it",
    fix: "create it first: create schema {quoted}; or quote the name where the dot is a part of it: --table {literal}",
    exit: 2,
  },
  PLAN_DDL: {
    title: "{what} cannot be created",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  PLAN_TABLE_APPEARED: {
    title: "{what} has been created meanwhile",
    cause: "another program created it after this load was planned",
    fix: "run the same command again: it uses what exists",
    exit: 75,
    retry: "restart",
  },
} as const satisfies Record<string, ErrorTexts>;
