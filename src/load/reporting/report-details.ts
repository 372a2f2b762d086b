/** What a report has for a page about the load: its course, its plan and where it ran. Collected where `--report` asks for a file. */
import type { Options } from "../../options/options.ts";
import type { ReportDetails, ReportedPlan } from "../../report/report.ts";
import { renderPlan } from "../../report/render/render-plan.ts";
import { statementsOf } from "../planning/plan-statements.ts";
import type { PreparedLoad } from "../prepare.ts";
import type { ProgressTeller } from "../progress.ts";

/** Of a load or a run that has ended. */
export function detailsOf(progress: ProgressTeller, { report }: Options): ReportDetails {
  const { phases, timeline } = progress.end();
  if (report === null) return {};
  const { version, platform, arch } = process;
  return { environment: { node: version, platform: `${platform} ${arch}` }, phases, timeline };
}

/** The plan of a load, without its sessions; `undefined` where nobody asked, or the load did not come to it. */
export function reportedPlan(
  prepared: PreparedLoad | null,
  { report, to }: Options,
): ReportedPlan | undefined {
  if (report === null || prepared === null) return undefined;
  const { plan, session, target, sources } = prepared;
  const server = session.version;
  const shown = { plan, target: target.describe(to ?? ""), server, sources: sources.planned };
  return {
    server,
    text: renderPlan({ ...shown, statements: [] }),
    statements: statementsOf(session, plan),
  };
}
