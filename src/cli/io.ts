/** What the command line needs of the world around it; tests hand in their own. */
import type { Environment } from "../model/environment.ts";

/** A stream to write on: `process.stdout`, or something that remembers. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string, done?: (error?: Error | null) => void): boolean;
  on(event: "error", listener: (error: Error) => void): unknown;
  off(event: "error", listener: (error: Error) => void): unknown;
}

/** The part of `process` that signals go through. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
  exit(code: number): void;
}

/** The world of one run. */
export interface Io {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Environment;
  /** The time of day; absent: the system's. */
  readonly now?: () => Date;
  /** Absent: nobody interrupts. */
  readonly signals?: SignalSource;
}
