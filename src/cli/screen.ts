/**
 * stderr as a screen: one status line that is redrawn in place, and lines that go above it.
 * stdout gets what was asked for, and tells when it could not be written.
 */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { UpsurgeError } from "../errors/upsurge-error.ts";
import { visible } from "../errors/visible.ts";
import type { Environment } from "../model/environment.ts";
import { fitWidth } from "../errors/text-width.ts";
import type { Output } from "./io.ts";

/** Of a terminal that does not tell. */
const USUAL_WIDTH = 80;

/** Writes to stderr; a stderr that is gone is no reason to stop a load. */
export class Screen {
  /** Each line is to be JSON. */
  isJson: boolean;
  readonly #stderr: Output;
  readonly #environment: Environment;
  #status = "";

  constructor(stderr: Output, environment: Environment = {}, isJson = false) {
    this.#stderr = stderr;
    this.#environment = environment;
    this.isJson = isJson;
    stderr.on("error", () => {});
  }

  /** True when a status line can be redrawn. */
  get isTerminal(): boolean {
    return this.#stderr.isTTY === true && this.#environment["TERM"] !== "dumb" && !this.isJson;
  }

  /** True when colours can be shown, and are not unwanted. */
  get isColoured(): boolean {
    return this.isTerminal && (this.#environment["NO_COLOR"] ?? "") === "";
  }

  /** The cells of a line, the last left free so that it does not break; 80 where nothing better is known. */
  get width(): number {
    const { columns = 0 } = this.#stderr;
    return Math.max(1, (columns > 0 ? columns : USUAL_WIDTH) - 1);
  }

  /** Prints whole lines, above the status line if there is one; control characters in them are escaped. */
  print(text: string): void {
    this.printStyled(visible(text));
  }

  /** Prints lines with colours of our own. */
  printStyled(text: string): void {
    const status = this.#status;
    this.showStatus("");
    this.#stderr.write(text);
    this.showStatus(status);
  }

  /** Replaces the status line; an empty one clears it. */
  showStatus(line: string): void {
    if (line === "" && this.#status === "") return;
    this.#stderr.write(`\r\u001B[2K${fitWidth(line, this.width)}`);
    this.#status = line;
  }
}

const STANDARD_OUTPUT = "standard output";

/** True when `error` says that stdout cannot be written: then there is no use in writing more to it. */
export function isResultLost({ code, details }: UpsurgeError): boolean {
  return code === "OUTPUT_FILE" && details["path"] === STANDARD_OUTPUT;
}

/**
 * Writes a result to stdout, its control characters escaped. Throws OUTPUT_FILE when it cannot be written: a result nobody
 * got is a failure. `more` is what the error should say as well.
 */
export async function writeResult(stdout: Output, text: string, more = ""): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error): void => {
      const reason = `${error.message}; a result was asked for and nobody got it${more}`;
      reject(upsurgeError("OUTPUT_FILE", { path: STANDARD_OUTPUT, reason }, { cause: error }));
    };
    stdout.on("error", fail);
    stdout.write(visible(text), (error) => {
      // The listener stays after a failure: the stream reports the same error again as an event.
      if (error !== undefined && error !== null) return fail(error);
      stdout.off("error", fail);
      resolve();
    });
  });
}
