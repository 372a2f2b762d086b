/** `upsurge report`: makes a page of a report, or of many. */
import { existsSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { readVersion } from "../../load/version.ts";
import { checkOut } from "../../options/check/check-report.ts";
import { renderHtml } from "../../report/html/load-page.ts";
import { renderTrend } from "../../report/html/trend-page.ts";
import type { CommandContext } from "../context.ts";
import { readReports } from "../read-reports.ts";
import type { FoundReports } from "../read-reports.ts";
import { openReportFile, unwritable } from "../files/report-file.ts";

/** Writes the page of the reports to the file of `--out`. */
export async function reportCommand(
  sources: readonly string[],
  { io, options }: CommandContext,
): Promise<number> {
  const out = checkOut(options.out);
  if (sources.length === 0) {
    throw upsurgeError(
      "OPTION_MISSING",
      { flag: "a report", reason: "there is nothing to make a page of" },
      { fix: "name a file that --report FILE.json has written, or a folder of such files" },
    );
  }
  const found = await readReports(sources, io.stdin);
  const text = await pageOf(found, out);
  try {
    const file = await openReportFile(out);
    await file.write(text).finally(async () => await file.close());
  } catch (error) {
    throw unwritable(out, error, { flag: "--out" });
  }
  return 0;
}

async function pageOf({ reports, isMany, others }: FoundReports, out: string): Promise<string> {
  const [first] = reports;
  if (!isMany && first !== undefined) return renderHtml(first.report);
  return renderTrend({
    reports: reports.map(({ path, report }) => ({ report, link: linkTo(path, out) })),
    leftOut: others,
    version: await readVersion(),
  });
}

/** The page that lies beside a report, seen from the page that is made; `null` where there is none. */
function linkTo(path: string, out: string): string | null {
  const page = path.replace(/\.json$/i, ".html");
  if (page === path || resolve(page) === resolve(out) || !existsSync(page)) return null;
  const parts = relative(dirname(resolve(out)), resolve(page)).split(sep);
  // A first part with a colon would be taken for a scheme.
  return `./${parts.map(encodeURIComponent).join("/")}`;
}
