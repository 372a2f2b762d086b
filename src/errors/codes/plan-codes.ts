/** Errors of planning: what the table, the fields and the flags do not let a load do. */
import type { ErrorTexts } from "../codes.ts";

/** Code → texts. */
export const PLAN_CODES = {
  PLAN_NO_TABLE: {
    title: "no table {table}",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  PLAN_UNKNOWN_FIELD: {
    title: "no column for the {field} in {table}",
    cause: "the table's columns are {columns}",
    fix: "{suggestion}",
    exit: 2,
  },
  PLAN_NO_KNOWN_FIELD: {
    title: "no field of {source} has a column in {table}",
    cause: "its fields are {fields}; the table's columns are {columns}",
    fix: "{suggestion}",
    exit: 2,
  },
  PLAN_UNKNOWN_COLUMN: {
    title: "no column {column} in {table}",
    cause: "the table's columns are {columns}",
    fix: "{suggestion}",
    exit: 2,
  },
  PLAN_NO_FIELD: {
    title: "the source has no field {field}",
    cause: "its fields are {fields}",
    fix: "{suggestion}",
    exit: 2,
  },
  PLAN_AMBIGUOUS_FIELD: {
    title: "the field {field} could be {candidates}",
    cause: "no column has exactly that name, and several differ from it only in case",
    fix: "say which: --map {field}:COLUMN",
    exit: 2,
  },
  PLAN_DUPLICATE_COLUMN: {
    title: "the column {column} is filled twice",
    cause: "{reason}",
    fix: "rename or drop one of the fields, or use --map",
    exit: 2,
  },
  PLAN_REQUIRED_COLUMN: {
    title: "the column {column} of {table} must be given",
    cause:
      "it is NOT NULL without a default and no field fills it; a row must be insertable in mode {mode}",
    fix: "add the field, or --const {column}=VALUE, or use --mode update for rows known to exist",
    exit: 2,
  },
  PLAN_READ_ONLY_COLUMN: {
    title: "the column {column} cannot be written",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  PLAN_PRIVILEGE: {
    title: "missing privilege on {table}: {privilege}",
    cause: "the user of this connection lacks the privilege",
    fix: "{suggestion}",
    exit: 2,
  },
  PLAN_EXPRESSION: {
    title: "the database does not accept {flag}",
    cause: "{reason}",
    fix: "write columns as target.NAME (the row in the table) and excluded.NAME (the incoming row)",
    exit: 2,
  },
  PLAN_REFUSED: {
    title: "the database does not accept this load",
    cause: "{reason}",
    fix: "change what the message names; `upsurge plan` shows the statements and why they are as they are",
    exit: 2,
  },
  PLAN_UNSUPPORTED: {
    title: "{what} is not possible here",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
} as const satisfies Record<string, ErrorTexts>;
