/** The command that prints a checkpoint table, for whoever may create it. */
import { shellWord } from "./shell-word.ts";

/** The name that `--checkpoint-table` has by itself. */
export const CHECKPOINT_TABLE = "upsurge_checkpoint";

/** `upsurge jobs --print-ddl`, for a table of that name, as SQL writes it. */
export function printDdlCommand(table: string): string {
  const command = "upsurge jobs --to URL --print-ddl";
  return table === CHECKPOINT_TABLE ? command : `${command} --checkpoint-table ${shellWord(table)}`;
}
