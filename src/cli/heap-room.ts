/**
 * How far the heap of the process grows between two collections. A load keeps few objects, but the memory of the blocks that
 * pass counts as the heap's: V8 would collect every few blocks, and look at all that is there each time. It would also drop the
 * code of what has not run for some collections, the start of the program among it, which is kept for the next one.
 */
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import type { Progress } from "../model/report/progress.ts";

/** A load that reads so many bytes is long enough. */
const FROM_BYTES = 1024 * 1024;

/** Bytes that may be there to be collected. */
const ROOM = 36 * 1024 * 1024;

/** V8's own rule, which takes programs for what they are. */
const AS_IT_COMES = 0;

/** Gives the heap its room once a load is long, and has its code stay. The process is to be the program's own. */
export class HeapRoom {
  #keepsCode = false;
  #percent = AS_IT_COMES;

  /** The load has come so far. It is long where so much was read, or will be. */
  note({ phase, bytes, totalBytes }: Pick<Progress, "phase" | "bytes" | "totalBytes">): void {
    // Node's own code was compiled with the flag as it comes: what is loaded after it is set takes longer.
    if (phase !== "connecting") this.#keepCode(true);
    const most = phase === "loading" ? Math.max(bytes, totalBytes ?? 0) : bytes;
    if (most < FROM_BYTES) return;
    const used = getHeapStatistics().used_heap_size;
    this.#grow(used < ROOM ? 100 * Math.round(ROOM / used) : AS_IT_COMES);
  }

  /** The load is over. Code that is kept for the next start (`bin/kept-code.ts`) fits no process with other flags. */
  end(): void {
    this.#grow(AS_IT_COMES);
    this.#keepCode(false);
  }

  #keepCode(keeps: boolean): void {
    if (keeps === this.#keepsCode) return;
    this.#keepsCode = keeps;
    setFlagsFromString(keeps ? "--no-flush-bytecode" : "--flush-bytecode");
  }

  #grow(percent: number): void {
    if (percent === this.#percent) return;
    this.#percent = percent;
    setFlagsFromString(`--heap-growing-percent=${percent}`);
  }
}
