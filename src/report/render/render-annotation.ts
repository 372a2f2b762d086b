/** GitHub Actions: an error or a reject as an annotation of the line it is about. Secrets are masked by whoever prints them. */
import type { Reject } from "../../model/reject.ts";
import { visibleLine } from "../../errors/visible.ts";
import type { ReportedError } from "../report.ts";

/** What is annotated, and where. */
export interface Annotation {
  readonly level: "error" | "warning";
  readonly message: string;
  /** `null`: the run as a whole. */
  readonly place: AnnotatedPlace | null;
}

/** Lines of a file. */
export interface AnnotatedPlace {
  readonly file: string;
  readonly line: number;
  readonly endLine: number;
}

/** Of an error: in its file where it names a line of one. Elsewhere it says what to do as well, since nothing else is shown with it. */
export function annotateError({ code, message, cause, fix, where }: ReportedError): Annotation {
  const place = placeIn(where ?? "");
  const text = `${message} (${code})`;
  return {
    level: "error",
    message: place === null ? `${text}\ncause: ${cause}\nfix: ${fix}` : text,
    place,
  };
}

/** Of a record that was rejected, and may be. */
export function annotateReject({ position, code, column, message }: Reject): Annotation {
  const { source, line } = position;
  const of = column === null ? "" : `column "${column}": `;
  return {
    level: "warning",
    message: `record ${position.record} was rejected: ${of}${message} (${code})`,
    place: source === "-" ? null : { file: source, line: line[0], endLine: line[1] },
  };
}

/** The line that GitHub Actions reads. */
export function renderAnnotation({ level, message, place }: Annotation): string {
  return `::${level}${place === null ? "" : ` ${propertiesOf(place)}`}::${escapeData(message)}\n`;
}

function propertiesOf({ file, line, endLine }: AnnotatedPlace): string {
  const end = endLine === line ? "" : `,endLine=${endLine}`;
  return `file=${escapeProperty(visibleLine(file))},line=${line}${end}`;
}

function placeIn(where: string): AnnotatedPlace | null {
  const found =
    /^(.+), record \d+, lines? (\d+)(?:-(\d+))?/.exec(where) ??
    /^(.+), line (\d+)$/.exec(where) ??
    /^(.+):(\d+):\d+$/.exec(where);
  if (found === null || found[1] === "standard input") return null;
  const [, file = "", line = "", endLine = line] = found;
  return { file, line: Number(line), endLine: Number(endLine) };
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
