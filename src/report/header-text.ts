/** What the first line of a source is taken for, in words. */
import type { HeaderUse } from "../model/header.ts";

/** A sentence without its full stop. */
export function headerText({ taken, line, repeats }: HeaderUse): string {
  switch (taken) {
    case "names":
      return `line ${line} names the fields`;
    case "passed-over":
      return `line ${line} is passed over; --columns names the fields`;
    case "data":
      return `line ${line} is data, the first record${repeats ? ", though it repeats the names of --columns" : ""}`;
    case "none":
      break;
  }
  return "there is none: the source is empty";
}
