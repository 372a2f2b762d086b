/** Tells how far a split has come, a few times a second. */
import type { Progress } from "../../model/report/progress.ts";
import { storedSize } from "../../sources/stored-files.ts";

const PAUSE_MS = 200;

/** The progress of one split. */
export class SplitPace {
  readonly #total: number | null;
  readonly #onProgress: (progress: Progress) => void;
  readonly #began = performance.now();
  #due = 0;
  /** Bytes of the sources that were read. */
  #before = 0;

  private constructor(total: number | null, onProgress: (progress: Progress) => void) {
    this.#total = total;
    this.#onProgress = onProgress;
  }

  /** Of these sources. */
  static async of(
    paths: readonly string[],
    onProgress: (progress: Progress) => void,
  ): Promise<SplitPace> {
    return new SplitPace(await storedSize(paths), onProgress);
  }

  /** So many records were read, and so many bytes of the source at hand. */
  tell(records: number, bytesRead: number): void {
    const now = performance.now();
    if (now < this.#due) return;
    this.#due = now + PAUSE_MS;
    const seconds = (now - this.#began) / 1000;
    const bytes = this.#before + bytesRead;
    const share =
      this.#total === null || this.#total === 0 ? null : Math.min(1, bytes / this.#total);
    this.#onProgress({
      phase: "loading",
      waitingFor: null,
      away: null,
      records,
      rejected: 0,
      bytes,
      totalBytes: this.#total,
      share,
      recordsPerSecond: seconds > 0 ? records / seconds : null,
      secondsLeft: share === null || share === 0 ? null : (seconds / share) * (1 - share),
      seconds,
    });
  }

  /** A source has come to its end. */
  passed(bytes: number): void {
    this.#before += bytes;
  }
}
