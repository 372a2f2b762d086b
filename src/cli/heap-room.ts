/**
 * How far the heap of the process grows between two collections. A load keeps few objects, but the memory of the blocks that
 * pass counts as the heap's: V8 would collect every few blocks, and look at all that is there each time.
 */
import { getHeapStatistics, setFlagsFromString } from "node:v8";

/** A load that has read so many bytes is long enough. */
const FROM_BYTES = 1024 * 1024;

/** Bytes that may be there to be collected. */
const ROOM = 36 * 1024 * 1024;

/** V8's own rule, which takes programs for what they are. */
const AS_IT_COMES = 0;

/** Gives the heap its room once a load is long. The process is to be the program's own. */
export class HeapRoom {
  #percent = AS_IT_COMES;

  /** So many bytes were read. */
  note(bytes: number): void {
    if (bytes < FROM_BYTES) return;
    const used = getHeapStatistics().used_heap_size;
    this.#grow(used < ROOM ? 100 * Math.round(ROOM / used) : AS_IT_COMES);
  }

  /** The load is over. Code that is kept for the next start (`bin/kept-code.ts`) fits no process with other flags. */
  end(): void {
    this.#grow(AS_IT_COMES);
  }

  #grow(percent: number): void {
    if (percent === this.#percent) return;
    this.#percent = percent;
    setFlagsFromString(`--heap-growing-percent=${percent}`);
  }
}
