/** The errors of columns that are set after the last record; a part of the registry in `codes.ts`. */
import type { ErrorTexts } from "../codes.ts";

/** Code → texts. */
export const LATE_CODES = {
  PLAN_LATE: {
    title: "{columns} cannot be set after the last record",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  LATE_VALUE: {
    title: "a value of {columns} was refused after the last record of {table}",
    cause: "{reason}",
    fix: "{suggestion}; nothing was kept",
    exit: 4,
  },
} as const satisfies Record<string, ErrorTexts>;
