/** The errors of a connection that is not as it was asked for; a part of the registry in `codes.ts`. */
import type { ErrorTexts } from "../codes.ts";

/** Code → texts. */
export const CONNECTION_CODES = {
  TARGET_PARAMETER: {
    title: "cannot use the connection parameter {name}",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  TARGET_SECURITY: {
    title: "the server does not give what {parameter} asks for",
    cause: "{reason}",
    fix: "set the server up for it (pg_hba.conf, TLS), or ask who put {parameter} there before you leave it out",
    exit: 2,
  },
  TARGET_NO_DATABASE: {
    title: "no such database: {target}",
    cause: "{reason}",
    fix: "check the name of the database, at the end of the URL, or have it created",
    exit: 2,
  },
  TARGET_LOOKALIKE: {
    title: "{target} is {name}, not PostgreSQL",
    cause: "{risk}",
    fix: "load into PostgreSQL; --accept-server goes on at that risk",
    exit: 2,
  },
  TARGET_POOLER: {
    title: "the pooler at {target} refuses what a load needs",
    cause: "{reason}",
    fix: "let the pooler allow it, or connect to the server itself",
    exit: 2,
  },
} as const satisfies Record<string, ErrorTexts>;
