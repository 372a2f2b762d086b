/** What a session learns of a table when it first writes to it, and keeps from one transaction of a load to the next. */
import type { Client } from "pg";
import type { TablePlan } from "../../../model/load-plan.ts";
import { answersTo } from "../connect/run-together.ts";
import { isLarge, openGate } from "./direct-copy.ts";
import { canFold } from "./folder.ts";
import type { FoldRules } from "./folding.ts";
import { SetMemory } from "../stage/set-memory.ts";

/** What is kept of one table. */
export interface TableMemory {
  readonly set: SetMemory;
  /** The server has refused what folding takes. */
  readonly cannotFold: boolean;
}

/** What the questions depend on. */
export interface TableQuestions {
  /** `null`: nothing is folded. */
  readonly folding: FoldRules | null;
  /** And no server that only speaks its protocol, which may not know what it is asked. */
  readonly isPostgres: boolean;
}

/** Asks, inside a transaction. */
export async function learnTable(
  client: Client,
  plan: TablePlan,
  { folding, isPostgres }: TableQuestions,
): Promise<TableMemory> {
  const [folds, gate, large] = await answersTo([
    folding === null ? true : canFold(client, folding),
    openGate(client, plan),
    isPostgres && isLarge(client, plan),
  ]);
  return { cannotFold: !folds, set: new SetMemory(plan, { gate, isLarge: large }) };
}
