/** What `--truncate` and `--max-delete` mean together, and with other options. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import { modeOf } from "./mode-of.ts";
import type { Options } from "./options.ts";
import { conflict } from "./wrong-options.ts";

/** Throws `OPTION_CONFLICT` where they make no sense together: no row may be deleted by mistake. */
export function checkEmptying(options: Options): void {
  const { truncate, maxDelete, followAppend } = options;
  if (!truncate) {
    if (maxDelete !== null) {
      throw upsurgeError(
        "OPTION_CONFLICT",
        {
          flag: "--max-delete",
          other: "a load without --truncate",
          reason: "it deletes no rows",
        },
        { where: "--max-delete", fix: "leave --max-delete out, or add --truncate" },
      );
    }
    return;
  }
  if (maxDelete !== null && !(maxDelete.kind === "share" && maxDelete.percent === 100)) {
    throw upsurgeError(
      "OPTION_CONFLICT",
      {
        flag: `--max-delete ${maxDelete.text}`,
        other: "--truncate",
        reason: "it deletes all rows, which is 100%",
      },
      { where: "--max-delete", fix: "pass --max-delete 100%, or leave it out" },
    );
  }
  if (followAppend) {
    conflict("truncate", "--follow-append", "what was added to a file is to be added to the table");
  }
  if (modeOf(options) === "update") {
    conflict("truncate", "--mode update", "an empty table has no row to update");
  }
}
