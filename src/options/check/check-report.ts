/** The files that reports go into: their names say what is in them. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { wrong } from "../wrong-options.ts";

/** A device or `>(command)`, which the shell names /dev/fd/N, has no say in its name. */
export function isDevice(path: string): boolean {
  return path.startsWith("/dev/");
}

/** Whether a report of this name is a page. */
export function isPage(path: string): boolean {
  return /\.html?$/i.test(path);
}

/** Throws `OPTION_VALUE` for the file of `--report` whose name does not say what is to be in it. */
export function checkReport(path: string | null): void {
  if (path === null || /\.json$/i.test(path) || isPage(path) || isDevice(path)) return;
  const expected =
    "the name of a file that ends in .json, for the report as JSON, or in .html, for a page";
  wrong("report", path, expected);
}

/** The file of `--out`. Throws `OPTION_MISSING` where it is not said, and `OPTION_VALUE` where it is no name of a page. */
export function checkOut(path: string | null): string {
  if (path === null) {
    const reason = "there is no file to write the page to";
    throw upsurgeError(
      "OPTION_MISSING",
      { flag: "--out", reason },
      { fix: "add --out page.html", where: "--out" },
    );
  }
  if (!isPage(path) && !isDevice(path)) {
    wrong("out", path, "the name of a file that ends in .html, because a page is written");
  }
  return path;
}
