/** `--reject-file` with a date and a time in it: what they stand for, and whether a path was made from it before. */
import { resolve } from "node:path";

/** What `{date}` and `{time}` are replaced by: as ISO 8601 spells them, in UTC, without the colons that some systems refuse. */
const PLACEHOLDERS = /\{(date|time)\}/g;

/** What they have been replaced by. */
const SPELLED: Readonly<Record<string, string>> = {
  "{date}": String.raw`\d{4}-\d{2}-\d{2}`,
  "{time}": String.raw`\d{2}-\d{2}-\d{2}`,
};

/** The path of the moment. */
export function rejectPathAt(template: string, at: Date): string {
  const [date = "", time = ""] = at.toISOString().slice(0, 19).split("T");
  return template.replace(PLACEHOLDERS, (_, name: string) =>
    name === "date" ? date : time.replaceAll(":", "-"),
  );
}

/** Whether `path`, which is absolute, may be that of another moment. */
export function isRejectPathOf(template: string, path: string): boolean {
  const pattern = resolve(template)
    .split(/(\{date\}|\{time\})/)
    .map((part) => SPELLED[part] ?? part.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  return new RegExp(`^${pattern.join("")}$`).test(path);
}
