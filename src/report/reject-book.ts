/** The rejects of one load: written to their files, counted against the limit. Lives through the tries of a load. */
import type { Reject } from "../model/reject.ts";
import { RejectBudget } from "./reject-budget.ts";
import { defaultRejectPath, RejectFiles } from "./reject-file.ts";
import type { RejectedSource, RejectPaths } from "./reject-file.ts";

/** What the flags say of rejects. */
export interface RejectOptions {
  readonly maxRejects: string;
  readonly rejectFile: string | null;
  readonly dryRun: boolean;
  readonly check: boolean;
}

/** Takes the rejects of a load. */
export class RejectBook {
  readonly #options: RejectOptions;
  #budget: RejectBudget;
  #files: RejectFiles | null = null;
  /** Nothing was written since the files were made durable. */
  #durable = false;

  constructor(options: RejectOptions) {
    this.#options = options;
    this.#budget = new RejectBudget(options.maxRejects);
  }

  /** Makes the files if rejects are allowed or a file is asked for. Throws `REJECT_FILE`. */
  open(first: RejectedSource): void {
    const { rejectFile, maxRejects, dryRun, check } = this.#options;
    const byDefault = maxRejects !== "0" && !dryRun && !check;
    if (this.#files !== null) this.#files.register(first);
    else if (rejectFile !== null || byDefault) {
      this.#files = new RejectFiles(rejectFile ?? defaultRejectPath(first), first);
    }
  }

  /** Prepares for rejects of a further source. */
  register(source: RejectedSource): void {
    this.#files?.register(source);
  }

  /** Takes rejects in file order. Throws `REJECT_LIMIT` for the first one too many, once all are written. */
  take(rejects: readonly Reject[]): void {
    if (rejects.length > 0) this.#durable = false;
    this.#files?.write(rejects);
    this.#budget.spend(rejects);
  }

  /** After the last record: the limit as a share of `read`. Throws `REJECT_LIMIT`. */
  checkShare(read: number): void {
    this.#budget.checkShare(read);
  }

  /** Makes the files durable, before a commit that depends on them. */
  sync(): void {
    if (this.#durable) return;
    this.#files?.sync();
    this.#durable = true;
  }

  /** Forgets everything, for a load that starts again. */
  restart(): void {
    this.#files?.reset();
    this.#budget = new RejectBudget(this.#options.maxRejects);
  }

  /** Closes the files. A load that is to be run again as it is (`again`) leaves none in its own way. */
  close(again: boolean): RejectPaths | null {
    if (again) this.#files?.reset();
    const paths = this.#files?.close() ?? null;
    this.#files = null;
    return paths;
  }
}
