/** The files that a load is told in: that they can be written is found out before it, and they are written after it. */
import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { isPage } from "../../options/check/check-report.ts";
import { flagOf } from "../../options/flag.ts";
import type { Options } from "../../options/options.ts";
import type { AnyReport } from "../../report/html/any-report.ts";
import type { Watched } from "../../report/watched.ts";
import { openReportFile, unwritable } from "./report-file.ts";
import type { ReportFile } from "./report-file.ts";

/** What goes into them. */
export interface OutputContent {
  readonly json: string;
  /** What pages are made of. */
  readonly report: AnyReport;
  readonly watched: Watched;
  /** What is said where a file cannot be written after all. */
  readonly more: string;
}

/** All files that were asked for. */
export interface OutputFiles {
  /** A write for each of them; one that fails does not stop the others. */
  readonly writes: (content: OutputContent) => readonly Promise<void>[];
  /** Never throws. */
  readonly close: () => Promise<void>;
}

type FileOption = "report" | "metrics" | "junit";

interface OutputFile {
  readonly option: FileOption;
  readonly path: string;
  readonly file: ReportFile;
  readonly text: (content: OutputContent) => string;
}

/** Opens all of them. Throws OUTPUT_FILE for one that cannot be written. */
export async function openOutputFiles(options: Options): Promise<OutputFiles> {
  const files: OutputFile[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(files.map(async ({ file }) => await file.close()));
  };
  try {
    for (const option of ["report", "metrics", "junit"] as const) {
      const path = options[option];
      if (path !== null) files.push(await openOne(option, path, options));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { writes: (content) => files.map((file) => writeOne(file, content)), close };
}

async function openOne(option: FileOption, path: string, options: Options): Promise<OutputFile> {
  try {
    const text = await textOf(option, path, options);
    return { option, path, file: await openReportFile(path), text };
  } catch (error) {
    throw unwritable(path, error, { flag: flagOf(option) });
  }
}

/** What makes the text is loaded before the load, and only where it was asked for. */
async function textOf(
  option: FileOption,
  path: string,
  options: Options,
): Promise<OutputFile["text"]> {
  if (option === "report" && !isPage(path)) return ({ json }) => json;
  if (option === "report") {
    const { renderHtml } = await import("../../report/html/load-page.ts");
    return ({ report }) => renderHtml(report);
  }
  if (option === "junit") {
    const { renderJunit } = await import("../../report/render/render-junit.ts");
    return ({ watched }) => renderJunit(watched, options);
  }
  const { renderMetrics } = await import("../../report/render/render-metrics.ts");
  const before = await readPlaced(path);
  const name = basename(path).replace(/\.prom$/i, "");
  return ({ watched }) => renderMetrics(watched, { name, before });
}

async function writeOne(
  { option, path, file, text }: OutputFile,
  content: OutputContent,
): Promise<void> {
  try {
    await file.write(text(content));
  } catch (error) {
    throw unwritable(path, error, { flag: flagOf(option), more: content.more });
  }
}

/** What the file holds; `null`: it is not there, or cannot be read. */
async function readPlaced(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile()) return null;
  return await readFile(path, "utf8").catch(() => null);
}
