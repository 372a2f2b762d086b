/** The reports that `upsurge report` is asked for: files, folders of them, or standard input. */
import { systemCodeOf } from "../errors/system-code.ts";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { sourceLabel } from "../errors/source-label.ts";
import { messageOf } from "../errors/message-of.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import { readReport } from "../report/read-report.ts";
import type { AnyReport } from "../report/html/any-report.ts";

/** A report, and the file that it is from. */
export interface FoundReport {
  readonly path: string;
  readonly report: AnyReport;
}

/** What was found. */
export interface FoundReports {
  readonly reports: readonly FoundReport[];
  /** A folder or several files were named: the page is about all of them. */
  readonly isMany: boolean;
  /** Files of folders that are no reports. */
  readonly others: readonly string[];
}

/** Reads what `paths` name. Throws `SOURCE_NOT_FOUND`, `SOURCE_UNREADABLE` and `REPORT_UNREADABLE`. */
export async function readReports(
  paths: readonly string[],
  stdin: NodeJS.ReadableStream,
): Promise<FoundReports> {
  const reports: FoundReport[] = [];
  const others: string[] = [];
  let isMany = paths.length > 1;
  for (const path of paths) {
    if (path === "-" || !(await isFolder(path))) {
      const found = reportsIn(await contentOf(path, stdin));
      if (found.length === 0) throw noReport(path, "it holds no report");
      reports.push(...found.map((report) => ({ path, report })));
      isMany ||= found.length > 1;
      continue;
    }
    isMany = true;
    const before = reports.length;
    for (const name of await namesIn(path)) {
      const file = join(path, name);
      if (await isFolder(file)) continue;
      const found = reportsIn(await contentOf(file, stdin));
      if (found.length === 0) others.push(file);
      reports.push(...found.map((report) => ({ path: file, report })));
    }
    if (reports.length === before)
      throw noReport(path, "no file in it that ends in .json is a report");
  }
  return { reports, isMany, others };
}

/** The files of a folder that may be reports, in the order of their names. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    const names = (await readdir(folder)).filter((name) => /\.json$/i.test(name));
    return names.toSorted();
  } catch (error) {
    throw noReport(folder, messageOf(error));
  }
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function contentOf(path: string, stdin: NodeJS.ReadableStream): Promise<string> {
  if (path === "-") return await text(stdin);
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") {
      const fix =
        "check the path: it is a file that --report FILE.json has written, or a folder of such files";
      throw upsurgeError("SOURCE_NOT_FOUND", { path }, { fix, where: path, cause: error });
    }
    throw noReport(path, messageOf(error));
  }
}

/** The reports of a file: one, or one a line as `--json` prints them. */
function reportsIn(content: string): AnyReport[] {
  const bare = content.replace(/^\uFEFF/, "");
  const whole = reportOf(bare);
  if (whole !== null) return [whole];
  return bare.split("\n").flatMap((line) => reportOf(line) ?? []);
}

function reportOf(json: string): AnyReport | null {
  try {
    return readReport(JSON.parse(json));
  } catch {
    return null;
  }
}

function noReport(path: string, reason: string): Error {
  return upsurgeError("REPORT_UNREADABLE", { path: sourceLabel(path), reason }, { where: path });
}
