/** What unique keys are called, and which of them is the one that decides. Pure. */
import type { Arbiter } from "../../model/load-plan.ts";
import type { UniqueKey } from "../../model/table-shape.ts";

/** What a unique key is called; one without a name by its columns. */
export function keyName({ name, columns }: UniqueKey): string {
  return name ?? columns.filter((column) => column !== null).join(", ");
}

/** Whether the unique key is the one that decides. */
export function isArbiter(key: UniqueKey, arbiter: Arbiter | null): boolean {
  return arbiter !== null && keyName(key) === arbiter.name;
}
