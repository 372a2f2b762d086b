/**
 * Tells what a test does with values drawn at random from what it always does. `seen.ts` notes the latter alone: what one run of
 * a property draws, the next may not.
 */
import { afterEach, beforeEach, installGlobalPlugin } from "fast-check";

const state = { drawn: false, watched: false };

/** Watches the properties of this process. */
export function watchProperties(): void {
  if (state.watched) return;
  state.watched = true;
  installGlobalPlugin(
    beforeEach(() => {
      state.drawn = true;
    }),
  );
  installGlobalPlugin(
    afterEach(() => {
      state.drawn = false;
    }),
  );
}

/** True while a property is tried with values drawn at random. */
export function isByChance(): boolean {
  return state.drawn;
}
