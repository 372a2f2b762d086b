/** What is known of the sources of a load before its first record. */
import { resolve } from "node:path";
import { sourceLabel } from "../errors/source-label.ts";
import type { KnownFields } from "../model/header.ts";
import type { PlannedSource } from "../model/report/plan-report.ts";
import type { FormattedSource } from "../options/of-format.ts";
import { FORMAT_NAMES } from "../read/formats.ts";
import type { Source } from "../read/source.ts";
import { loadedHeaders, plannedSource } from "./look-at.ts";
import type { LaterSource } from "./look-at.ts";
import type { NestedFields } from "./nested-fields.ts";
import type { SourceSample } from "./sample.ts";
import { unverifiedStreams } from "./verify.ts";

/** What is known of the sources before the first record is loaded. */
export interface LookedAtSources {
  /** Of which a sample was read; it stays open. */
  readonly first: Source;
  readonly later: readonly LaterSource[];
  /** The fields of each source, as far as they can be known without reading a stream. */
  readonly fields: readonly KnownFields[];
  /** Those of the records in members, of the first source. */
  readonly nested: readonly NestedFields[];
  /** A later source may bring other fields than the first. */
  readonly differ: boolean;
  /** One of them at least cannot be read again. */
  readonly readOnce: boolean;
}

/** What is known once a sample of the first source was read. */
export function lookedAt(
  first: Source,
  { fields: sampled, shapes, nested }: SourceSample,
  later: readonly LaterSource[],
): LookedAtSources {
  const { name: source, headerFields: header } = first;
  const others = later.flatMap(({ name, fields, headerFields }) =>
    fields === null ? [] : [{ source: name, fields, header: headerFields }],
  );
  const differ =
    others.length < later.length || others.some(({ fields }) => !areSame(fields, sampled));
  const readOnce = !first.rereadable || later.some(({ format }) => format === "stream");
  const fields = [{ source, fields: sampled, header, shapes }, ...others];
  return { first, later, fields, nested, differ, readOnce };
}

function areSame(some: readonly string[], others: readonly string[]): boolean {
  const known = new Set(others);
  return some.length === others.length && some.every((name) => known.has(name));
}

/** The sources as a plan shows them. */
export function plannedSources({ first, later, fields }: LookedAtSources): PlannedSource[] {
  const sampled = fields[0]?.fields ?? [];
  return [plannedSource({ ...first, fields: sampled }), ...later.map(plannedSource)];
}

/** The sources with their formats, as far as those are known. */
export function formattedSources({ first, later }: LookedAtSources): FormattedSource[] {
  return [first, ...later].map(({ name, format }) => ({
    name,
    format: FORMAT_NAMES.find((each) => each === format) ?? null,
  }));
}

/** Those that cannot be read again, and do not say themselves where they end, as a JSON array may. */
export function openEnded({ first, later }: LookedAtSources): string[] {
  const isOpen = !first.rereadable && first.format !== "json";
  const others = later.filter(({ format }) => format === "stream").map(({ name }) => name);
  return [...(isOpen ? [first.name] : []), ...others];
}

/** What to know of the sources before they are loaded; `commitsEarly`: some records may be committed before the end is read. */
export function warningsOf(sources: LookedAtSources, commitsEarly: boolean): string[] {
  return [
    ...loadedHeaders([sources.first, ...sources.later]),
    ...namedAgain([sources.first, ...sources.later]),
    ...(commitsEarly ? unverifiedStreams(sources) : []),
  ];
}

/** Files that are among the sources more than once, as where a pattern matches one that is named as well. */
function namedAgain(sources: readonly { readonly name: string }[]): string[] {
  const times = new Map<string, { readonly name: string; readonly count: number }>();
  for (const { name } of sources) {
    const path = name === "-" ? name : resolve(name);
    const known = times.get(path);
    times.set(path, { name: known?.name ?? name, count: (known?.count ?? 0) + 1 });
  }
  return [...times.values()]
    .filter(({ count }) => count > 1)
    .map(
      ({ name, count }) =>
        `${sourceLabel(name)} is loaded ${count} times: it is named again, or matched by a pattern as well`,
    );
}
