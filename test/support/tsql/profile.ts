/** Which server the tests' server passes for: another compatibility level, or another maker's, which knows less. */
import { Raised } from "./raised.ts";
import { tokenize } from "./tokens.ts";

/** What a client can learn of the server, and what the server does not know. */
export interface ServerProfile {
  /** What @@VERSION says. */
  readonly product: string;
  /** The compatibility level of its databases. */
  readonly level: number;
  /** Words that it does not know, in upper case: MERGE, or a view of the catalog. */
  readonly lacks: readonly string[];
}

/** Microsoft's of 2022, as it is documented. */
export const MICROSOFT: ServerProfile = {
  product: "Microsoft SQL Server 2022, as the tests translate it for PostgreSQL 18",
  level: 160,
  lacks: [],
};

/** Words that a compatibility level brings, and what is said of them below it. */
const SINCE: Readonly<Record<string, readonly [level: number, number: number, message: string]>> = {
  TRY_CONVERT: [110, 195, "'TRY_CONVERT' is not a recognized built-in function name."],
  OPENJSON: [130, 208, "Invalid object name 'OPENJSON'."],
};

/** Throws for a batch with a word that this server does not know. */
export function refuseUnknown({ level, lacks }: ServerProfile, sql: string): void {
  if (level >= MICROSOFT.level && lacks.length === 0) return;
  for (const { kind, upper, text } of tokenize(sql)) {
    if (kind !== "word") continue;
    const [since, number, message] = (Object.hasOwn(SINCE, upper) && SINCE[upper]) || [0, 0, ""];
    if (level < since) throw new Raised(number, message, "compile", { severity: 15 });
    if (lacks.includes(upper)) {
      throw new Raised(102, `Incorrect syntax near '${text}'.`, "compile", { severity: 15 });
    }
  }
}
