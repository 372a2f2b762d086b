/** The command that prints a checkpoint table, for whoever may create it. */
import { DEFAULT_CHECKPOINT_TABLE } from "../model/checkpoint.ts";
import { shellWord } from "./shell-word.ts";

/** `upsurge jobs --print-ddl`, for a table of that name, as SQL writes it. */
export function printDdlCommand(table: string): string {
  const command = "upsurge jobs --to URL --print-ddl";
  return table === DEFAULT_CHECKPOINT_TABLE
    ? command
    : `${command} --checkpoint-table ${shellWord(table)}`;
}
