/** An error as people read it: four short lines. Secrets are masked by whoever prints them. */
import type { ReportedError } from "./report.ts";
import { visibleLine } from "../errors/visible.ts";

/** `error:`, `cause:`, `fix:` and, where it is known, `where:`. */
export function renderError({ code, message, cause, fix, where }: ReportedError): string {
  const lines = [
    `error: ${oneLine(message)}  ${code}`,
    `cause: ${oneLine(cause)}`,
    `fix:   ${oneLine(fix)}`,
    ...(where === null ? [] : [`where: ${oneLine(where)}`]),
  ];
  return `${lines.join("\n")}\n`;
}

function oneLine(text: string): string {
  return visibleLine(text.trim().replace(/\s*\n\s*/g, "; "));
}
