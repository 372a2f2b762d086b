/** A strict reader of metrics in the text format of Prometheus, as the textfile collector of node_exporter takes them. */

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"`;
const SAMPLE = new RegExp(
  String.raw`^(${NAME})(?:\{((?:${LABEL})(?:,${LABEL})*)?\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$`,
);
/** They belong to histograms and summaries. */
const RESERVED = /_(?:count|sum|bucket)$/;

/** What is wrong with a file; nothing of one that is taken as it is. */
export function faultsOfMetrics(text: string): string[] {
  const faults = text.endsWith("\n") ? [] : ["the last line does not end"];
  const families = new Set<string>();
  const series = new Set<string>();
  let [helped, typed] = ["", ""];
  for (const line of text.split("\n").slice(0, -1)) {
    const [, kind, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === "HELP") {
      if (families.has(name)) faults.push(`${name} is there twice`);
      if (/\\(?![\\n])/.test(rest)) faults.push(`not escaped: ${line}`);
      families.add(name);
      helped = name;
    } else if (kind === "TYPE") {
      if (name !== helped) faults.push(`no help of ${name}`);
      if (rest !== "gauge") faults.push(`the type of ${name} is ${rest}`);
      if (RESERVED.test(name)) faults.push(`${name} ends as a histogram's`);
      typed = name;
    } else {
      const [whole, metric = "", labels = ""] = SAMPLE.exec(line) ?? [];
      if (whole === undefined) faults.push(`no sample: ${line}`);
      else if (metric !== typed) faults.push(`no type of ${metric}`);
      if (series.has(`${metric}{${labels}}`)) faults.push(`${line} is there twice`);
      series.add(`${metric}{${labels}}`);
    }
  }
  return faults;
}
