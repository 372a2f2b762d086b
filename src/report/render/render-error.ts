/** An error as people read it: four short lines, and flags to choose from. Secrets are masked by whoever prints them. */
import type { ReportedError } from "../report.ts";
import { visibleLine } from "../../errors/visible.ts";

/** `error:`, `cause:`, `fix:` and, where it is known, `where:`; flags of a fix that begin a line keep it, to be pasted. */
export function renderError({ code, message, cause, fix, where }: ReportedError): string {
  const lines = [
    `error: ${oneLine(message)}  ${code}`,
    `cause: ${oneLine(cause)}`,
    `fix:   ${fix
      .split(/\n(?=--)/)
      .map(oneLine)
      .join("\n         ")}`,
    ...(where === null ? [] : [`where: ${oneLine(where)}`]),
  ];
  return `${lines.join("\n")}\n`;
}

function oneLine(text: string): string {
  return visibleLine(text.trim().replace(/\s*\n\s*/g, "; "));
}
