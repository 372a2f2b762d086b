/** What a distributed server is not asked for. */
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { Maker } from "./makers.ts";

/** Throws `PLAN_UNSUPPORTED` for a plan that leans on what the server lacks. */
export function refusePlan(plan: TablePlan, maker: Maker): void {
  const asked = ASKED.find(([, isAsked]) => isAsked(plan));
  if (asked !== undefined) throw lacking(asked[0], maker, asked[2]);
}

/** The error for an option that leans on what the server lacks. */
export function lacking(what: string, { name }: Maker, suggestion?: string): Error {
  return upsurgeError("PLAN_UNSUPPORTED", {
    what: `${what} into ${name}`,
    reason:
      "it leans on temporary tables or on locks, which distributed servers do not have as PostgreSQL has them",
    suggestion: suggestion ?? `leave ${what} out`,
  });
}

const ASKED: readonly (readonly [
  what: string,
  isAsked: (plan: TablePlan) => boolean,
  suggestion?: string,
])[] = [
  [
    "--truncate",
    ({ emptied }) => emptied !== undefined,
    "empty the table first, with a tool of the server",
  ],
  ["--delete-missing", ({ removal }) => removal !== undefined],
  ["--delete-when", ({ recordDeletes }) => recordDeletes !== undefined],
  ["--diff", ({ comparison }) => comparison !== undefined],
  ["--late", ({ late }) => late !== undefined],
  ["--lookup", ({ lookups = [] }) => lookups.length > 0],
  ["--value", ({ values }) => values !== undefined],
  ["--nest", ({ linked = [] }) => linked.length > 0],
  [
    "select-then-write",
    ({ mode, method }) => method.statement === "look-then-write" && mode !== "update",
    "name a key that a unique index guards, with --key, and leave --strategy out",
  ],
];
