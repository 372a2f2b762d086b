/** An error as people read it: four short lines, and flags to choose from. Secrets are masked by whoever prints them. */
import type { ReportedError } from "./report.ts";
import { visibleLine } from "../errors/visible.ts";

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

/** A GitHub Actions annotation for an error in a file; `null` when `where` names no line of a file. */
export function renderAnnotation({ code, message, where }: ReportedError): string | null {
  const text = where ?? "";
  const place =
    /^(.+), record \d+, lines? (\d+)(?:-(\d+))?/.exec(text) ?? /^(.+), line (\d+)$/.exec(text);
  if (place === null || place[1] === "standard input") return null;
  const [, file = "", line = "", end] = place;
  const lines = end === undefined ? `line=${line}` : `line=${line},endLine=${end}`;
  const shown = escapeData(`${message} (${code})`);
  return `::error file=${escapeProperty(file)},${lines}::${shown}\n`;
}

function oneLine(text: string): string {
  return visibleLine(text.trim().replace(/\s*\n\s*/g, "; "));
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
