/** `upsurge inspect`: describes a file, a table or a database. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { inspect } from "../../commands/inspect.ts";
import { checkOptions } from "../../options/check/check-options.ts";
import { renderInspection } from "../../report/render/render-inspection.ts";
import { surroundingsOf } from "../context.ts";
import type { CommandContext } from "../context.ts";
import { writeResult } from "../screen.ts";

/** Inspects the source, or the target when there is none, and prints what it is. */
export async function inspectCommand(
  sources: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { io, options, redact } = context;
  checkOptions(options, "inspect");
  const source = sources[0] ?? null;
  if (source === null && options.to === null) {
    throw upsurgeError(
      "OPTION_MISSING",
      { flag: "a source or --to", reason: "there is nothing to look at" },
      { fix: "name a file, or a database with --to; `upsurge help inspect` shows examples" },
    );
  }
  const found = await inspect(source, options, surroundingsOf(context));
  const text = options.json ? `${JSON.stringify(found)}\n` : renderInspection(found);
  await writeResult(io.stdout, redact(text));
  return 0;
}
