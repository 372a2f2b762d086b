/**
 * The sources of a load: the one door to them. They are expanded from what was asked for, looked at before there is a plan,
 * verified, and then read in turn, or resumed where a job has left them.
 */
import type { KnownFields } from "../model/header.ts";
import type { PlannedSource } from "../model/report/plan-report.ts";
import type { SourceEvent } from "../model/source-offset.ts";
import { refuseForeignOptions } from "../options/of-format.ts";
import type { FormattedSource } from "../options/of-format.ts";
import type { OptionName, Options } from "../options/options.ts";
import type { Source } from "../read/source.ts";
import { expandSources } from "./expand-sources.ts";
import type { KnownSource } from "./check-beginning.ts";
import { WorkFinder } from "./find-work.ts";
import type { FirstSource, WorkItem, WorkRequest } from "./find-work.ts";
import { jobSource } from "./job-source.ts";
import { lookAt } from "./look-at.ts";
import type { LaterSource } from "./look-at.ts";
import { formattedSources, lookedAt, openEnded, plannedSources, warningsOf } from "./looked-at.ts";
import type { LookedAtSources } from "./looked-at.ts";
import { openSource } from "./open-source.ts";
import type { Closable } from "./open-source.ts";
import { readOptions } from "./read-options.ts";
import { SourceExtent } from "./source-extent.ts";
import type { ReadingProgress } from "./source-extent.ts";
import { firstRecords, firstValues } from "./first-values.ts";
import type { FirstRecord } from "./first-values.ts";
import { sample } from "./sample.ts";
import type { BegunSource, SourceSample } from "./sample.ts";
import { isFile } from "./stored-files.ts";
import { surveySources } from "./survey.ts";
import type { Survey, SurveyRequest } from "./survey.ts";
import { refuseOneHash, verifyCompressedFiles } from "./verify.ts";

export type { Source } from "../read/source.ts";

/** What sources are read from, and who is told of them. */
export interface SourceSetContext {
  readonly options: Options;
  readonly stdin: NodeJS.ReadableStream;
  /** Told of every source as soon as it is open. */
  readonly onOpen?: ((source: Source) => void) | undefined;
  /** Told of those after the first. */
  readonly onNext?: ((source: Source) => void) | undefined;
  /** Hashes the stored bytes of each source. */
  readonly storedHash?: boolean;
  /** Told at the end of a source what a user should know of it. */
  readonly onWarnings?: ((name: string, warnings: readonly string[]) => void) | undefined;
  /** Options that are said for all calls or loads, and need say nothing of these sources. */
  readonly forAll?: ReadonlySet<OptionName> | undefined;
}

/** What the load wants of its records: known once its table is. */
export interface ReadingRules {
  /** Every record is read by itself: packed ones are of no use. */
  readonly slowPath: boolean;
  /** Hashes what is read, for a load that can go on where it stopped. */
  readonly hashed: boolean;
  /** Whether a field of this name is of any use. */
  readonly keeps: (name: string) => boolean;
  /** Told of the fields of a further source before its records are read; throws when they do not fit the plan. */
  readonly accept: (fields: KnownFields) => void;
}

const NO_RULES: ReadingRules = {
  slowPath: false,
  hashed: false,
  keeps: () => true,
  accept: () => {},
};

/** The sources of one try of a load. */
export class SourceSet {
  /** In their order, patterns expanded. */
  readonly paths: readonly string[];
  readonly #context: SourceSetContext;
  #rules: ReadingRules = NO_RULES;
  #looked: LookedAtSources | null = null;
  #sample: SourceSample | null = null;
  /** A stream whose beginning was read. */
  #begun: BegunSource | null = null;
  /** The source at hand. */
  #current: Source | null = null;
  /** The source that was opened last, from before its first byte is there. */
  #opening: Closable | null = null;
  #closed = false;
  #bytesBefore = 0;
  readonly #extent = new SourceExtent();
  #rereadable = true;
  /** What was looked at is closed until it is read. */
  #rests = false;
  /** The first source is closed for now. */
  #resting = false;
  /** It, opened again. */
  #woken: Source | null = null;

  private constructor(paths: readonly string[], context: SourceSetContext) {
    this.paths = paths;
    this.#context = context;
  }

  /** The sources that `patterns` name. Throws `SOURCE_*` errors, and `OPTION_CONFLICT` for one hash of several. */
  static async expand(patterns: readonly string[], context: SourceSetContext): Promise<SourceSet> {
    const paths = await expandSources(patterns);
    refuseOneHash(paths, context.options);
    return new SourceSet(paths, context);
  }

  /** Only the first of the sources that `pattern` names. */
  static async first(pattern: string, context: SourceSetContext): Promise<SourceSet> {
    const [path = pattern] = await expandSources([pattern]);
    return new SourceSet([path], context);
  }

  /**
   * Reads records for what their values are, before the sources are looked at. Of a stream only the beginning is read,
   * which the load gets all the same; it is read as the load will read it (`rules`).
   */
  async survey(
    request: SurveyRequest,
    rules: Pick<ReadingRules, "slowPath" | "hashed">,
  ): Promise<Survey> {
    this.#rules = { ...NO_RULES, hashed: rules.hashed };
    const open = async (path: string): Promise<Source> => {
      // What is read again is read as fast as it can be.
      this.#rules = { ...this.#rules, slowPath: rules.slowPath && !(await isFile(path)) };
      return await this.#open(path, { hashed: rules.hashed, isTold: false });
    };
    const { survey, begun } = await surveySources(this.paths, open, request);
    this.#begun = begun;
    return survey;
  }

  /**
   * Opens the first source and reads a sample of it; looks at the heads of the others. Streams are left alone until their turn.
   * Throws `OPTION_CONFLICT` for options that say nothing of any of them.
   */
  async look(rules: ReadingRules): Promise<LookedAtSources> {
    this.#rules = rules;
    const first = this.#begun?.source ?? (await this.open(this.paths[0] ?? "-"));
    this.#take(first);
    const { nests } = readOptions(this.#context.options);
    this.#sample = await sample(first, this.#begun ?? undefined, nests);
    const later: LaterSource[] = [];
    for (const path of this.paths.slice(1)) later.push(await lookAt(path, this.#context.options));
    this.#looked = lookedAt(first, this.#sample, later);
    refuseForeignOptions(this.#context.options, this.formatted, this.#context.forAll);
    return this.#looked;
  }

  /** The sources with their formats, as far as those are known. */
  get formatted(): readonly FormattedSource[] {
    return formattedSources(this.#known);
  }

  /**
   * Closes what was looked at until it is read, so that the sources of many loads can be planned without being open all at
   * once. A stream stays open.
   */
  async rest(): Promise<void> {
    const { first } = this.#known;
    if (!first.rereadable) return;
    await first.close();
    this.#rests = true;
    this.#resting = true;
  }

  /** Opens again what was looked at; its fields must still fit the plan. */
  async #wake(): Promise<void> {
    if (!this.#resting) return;
    const source = await this.openNext(this.paths[0] ?? "-", this.#rules.hashed);
    this.#take(source);
    this.#sample = await sample(source);
    this.#woken = source;
    this.#resting = false;
  }

  /** The first source, open, and the sample of it. */
  async openFirst(): Promise<FirstSource> {
    await this.#wake();
    return { source: this.#woken ?? this.#known.first, sample: this.#firstSample };
  }

  /** Nothing of the first source is left to load: it need not stay open where many loads are planned. */
  async passFirst(): Promise<void> {
    if (!this.#rests) return;
    await this.#woken?.close();
    this.#resting = true;
  }

  /** The sources as a plan shows them. */
  get planned(): readonly PlannedSource[] {
    return plannedSources(this.#known);
  }

  /** Those that cannot be read again, and do not say themselves where they end, as a JSON array may. */
  get openEnded(): readonly string[] {
    return openEnded(this.#known);
  }

  /** Whether every record is known to have a field of this name. */
  alwaysHas(field: string): boolean {
    const { first, later } = this.#known;
    return [first, ...later].every(({ fields }) => fields?.includes(field) === true);
  }

  /** Of the first source. */
  get format(): string {
    return this.#known.first.format;
  }

  /**
   * Some values of each field, of the first records, for people to look at. To be called only where the records are not read
   * otherwise.
   */
  async firstValues(): Promise<ReadonlyMap<string, readonly string[]>> {
    return await firstValues(this.#firstSample.chunks);
  }

  /** The first records of the first source as they stand, on the same terms. */
  async firstRecords(least: number): Promise<readonly FirstRecord[]> {
    return await firstRecords(this.#firstSample.chunks, least);
  }

  /** What to know of the sources before they are loaded; `commitsEarly`: some of their records may be committed before the end is read. */
  warnings(commitsEarly: boolean): readonly string[] {
    return warningsOf(this.#known, commitsEarly);
  }

  /** Reads compressed files to their end, those of `paths`, so that damage shows before any record is committed. */
  async verify(paths: readonly string[], signal: AbortSignal): Promise<void> {
    await verifyCompressedFiles(this.#known, new Set(paths), signal);
  }

  /** The records of all sources, in turn. */
  async *read(): AsyncGenerator<SourceEvent> {
    const first = await this.openFirst();
    this.#extent.begin(this.paths);
    for await (const chunk of this.#extent.counted(this.paths[0] ?? "-", first.sample.chunks))
      yield { kind: "chunk", chunk, source: null };
    this.#checkRead(first.source);
    for (const path of this.paths.slice(1)) {
      const source = await this.openNext(path);
      await this.#goTo(source);
      this.#extent.goTo(path);
      for await (const chunk of this.#extent.counted(path, source.chunks()))
        yield { kind: "chunk", chunk, source: null };
      this.#checkRead(source);
    }
  }

  /** Records that nobody asked for must not pass for records that are not there. */
  #checkRead({ name, ended }: Source): void {
    if (!ended && !this.#closed) throw new Error(`${name} was closed before its end`);
  }

  /** Records that were read of each source by its path, written or not. */
  get recordsRead(): ReadonlyMap<string, number> {
    return this.#extent.recordsRead;
  }

  /** What is left of the sources that a job knows; each is opened where it goes on, and compared with what was loaded of it. */
  async findWork(known: readonly KnownSource[], request: WorkRequest): Promise<WorkItem[]> {
    const finder = new WorkFinder(this, { ...request, options: this.#context.options });
    return await finder.find(known);
  }

  /** The records of what is left, in turn, and where each source ends. */
  async *resume(work: readonly WorkItem[], signal: AbortSignal): AsyncGenerator<SourceEvent> {
    this.#extent.begin(work.map(({ path }) => path));
    for (const item of work) {
      this.#extent.goTo(item.path);
      const { source: opened, chunks } = await item.open();
      if (opened !== this.#current) await this.#goTo(opened);
      const source = jobSource(opened, item, this.#context.options.limit);
      for await (const chunk of this.#extent.counted(item.path, chunks))
        yield { kind: "chunk", chunk, source };
      // A source that was closed by an interrupt has not come to its end.
      if (signal.aborted) return;
      this.#checkRead(opened);
      yield { kind: "end", source };
    }
  }

  /** Opens a source by itself, as the flags of reading say. */
  async open(path: string, hashed = this.#rules.hashed): Promise<Source> {
    return await this.#open(path, { hashed, isTold: true });
  }

  /** `isTold`: of what a user should know of it at its end. */
  async #open(
    path: string,
    { hashed, isTold }: { readonly hashed: boolean; readonly isTold: boolean },
  ): Promise<Source> {
    const { options, stdin, onWarnings, storedHash = false } = this.#context;
    const { slowPath, keeps } = this.#rules;
    return await openSource(path, readOptions(options), {
      stdin,
      slowPath,
      keeps,
      hashed,
      storedHash,
      onWarnings: (name, warnings) => {
        if (isTold || this.#looked !== null) onWarnings?.(name, warnings);
      },
      onOpening: (opening) => {
        this.#opening = opening;
        if (this.#closed) void opening.close();
      },
    });
  }

  /** Opens a further source of the load, whose fields must fit its plan. */
  async openNext(path: string, hashed = false): Promise<Source> {
    const source = await this.open(path, hashed);
    try {
      const { name, fields, headerFields: header } = source;
      if (fields !== null) this.#rules.accept({ source: name, fields, header });
    } catch (error) {
      await source.close();
      throw error;
    }
    return source;
  }

  /** Every source opened so far can be read again. */
  get rereadable(): boolean {
    return this.#rereadable;
  }

  /** Stored bytes that were read. */
  get bytes(): number {
    return this.#bytesBefore + (this.#current?.bytesRead ?? 0);
  }

  /** How far the sources that are to be loaded have been read, in stored bytes. */
  get progress(): ReadingProgress {
    return this.#extent.progress(this.#current?.bytesRead ?? 0);
  }

  /** Closes the source at hand, and those that are opened from now on; safe to call at any time. Ends a wait for bytes. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#opening?.close();
    await this.#current?.close();
    await this.#begun?.source.close();
    await this.#looked?.first.close();
  }

  async #goTo(source: Source): Promise<void> {
    this.#bytesBefore += this.#current?.bytesRead ?? 0;
    await this.#current?.close();
    this.#take(source);
    this.#context.onNext?.(source);
  }

  #take(source: Source): void {
    this.#current = source;
    this.#rereadable &&= source.rereadable;
    this.#context.onOpen?.(source);
  }

  get #known(): LookedAtSources {
    if (this.#looked === null) throw new Error("the sources were not looked at");
    return this.#looked;
  }

  get #firstSample(): SourceSample {
    if (this.#sample === null) throw new Error("the sources were not looked at");
    return this.#sample;
  }
}
