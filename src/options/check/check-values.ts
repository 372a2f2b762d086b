/** What does not go together among the options that say how values are written. Needs no database. */
import { shellWord } from "../../errors/shell-word.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { Options } from "../options.ts";
import { conflict } from "../wrong-options.ts";

/** Throws OPTION_CONFLICT. */
export function checkValues(options: Options): void {
  checkMarks(options);
  checkTokens(options);
  checkEmpties(options);
}

/** One character cannot both begin the decimals and separate the thousands. */
function checkMarks({ decimal, thousands }: Options): void {
  const mark = decimal ?? ".";
  if (thousands !== mark) return;
  const other = mark === "." ? "," : ".";
  throw upsurgeError(
    "OPTION_CONFLICT",
    {
      flag: `--thousands ${thousands}`,
      other: decimal === null ? "a decimal point" : `--decimal ${decimal}`,
      reason: "one character cannot begin the decimals and separate the thousands",
    },
    {
      where: "--thousands",
      fix: `pass --decimal ${other} as well, if that begins the decimals; or leave --thousands out`,
    },
  );
}

function checkTokens({ nullQuoted, null: tokens, nullIn }: Options): void {
  if (!nullQuoted || tokens !== null || nullIn !== null) return;
  throw upsurgeError(
    "OPTION_CONFLICT",
    {
      flag: "--null-quoted",
      other: "a load without --null or --null-in",
      reason: "it is about their tokens",
    },
    {
      where: "--null-quoted",
      fix: "add --null TOKEN; or pass --empty null alone, if quoted empty fields are NULL",
    },
  );
}

/** An empty value of a field means one thing. */
function checkEmpties({ keepEmpty, defaultOnEmpty, nullIn }: Options): void {
  for (const field of keepEmpty ?? []) {
    const flag = `--keep-empty ${shellWord(field)}`;
    if (defaultOnEmpty?.includes(field) === true) {
      conflict(
        "defaultOnEmpty",
        flag,
        "an empty value of a field is a text or is absent, not both",
      );
    }
    if (nullIn?.some((each) => each.field === field && each.token === "") === true) {
      conflict("nullIn", flag, "an empty value of a field is a text or NULL, not both");
    }
  }
}
