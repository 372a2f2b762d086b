/** `${NAME}`, `${NAME:-default}` and `${NAME:?message}` in the values of a manifest or a config. A plain `$` is `$$`. Pure. */
import type { Environment } from "../model/environment.ts";
import { nearest } from "../errors/edit-distance.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";

const FORMS = "the forms are ${NAME}, ${NAME:-default} and ${NAME:?message}";

/** Whether a text holds the beginning of a variable. */
export function holdsVariable(text: string): boolean {
  return text.replaceAll("$$", "").includes("${");
}

/** The text with its variables replaced; what they hold is taken as it is. Throws `MANIFEST_VARIABLE`. */
export function expandVariables(text: string, environment: Environment, place: string): string {
  if (/^\$[A-Za-z_]\w*$/.test(text)) {
    const what = `${text} is without braces`;
    const suggestion = `write \${${text.slice(1)}}, or $${text} for the text itself`;
    throw wrong(what, "a variable is replaced only within ${ and }", { suggestion, place });
  }
  return new Expansion(text, environment, place).all();
}

interface WrongContext {
  readonly suggestion: string;
  readonly place: string;
}

function wrong(what: string, reason: string, { suggestion, place }: WrongContext): Error {
  return upsurgeError("MANIFEST_VARIABLE", { what, reason, suggestion }, { where: place });
}

/** One pass over a text. */
class Expansion {
  readonly #text: string;
  readonly #environment: Environment;
  readonly #place: string;
  #at = 0;

  constructor(text: string, environment: Environment, place: string) {
    this.#text = text;
    this.#environment = environment;
    this.#place = place;
  }

  all(): string {
    return this.#until(false);
  }

  /** Up to the end or, within braces, up to the one that closes them. */
  #until(within: boolean): string {
    let out = "";
    while (this.#at < this.#text.length) {
      const rest = this.#text.slice(this.#at, this.#at + 2);
      if (within && rest.startsWith("}")) {
        this.#at += 1;
        return out;
      }
      if (rest === "$$") {
        out += "$";
        this.#at += 2;
      } else if (rest === "${") {
        out += this.#variable();
      } else {
        out += this.#text.charAt(this.#at);
        this.#at += 1;
      }
    }
    if (within) throw this.#malformed("a variable is not closed");
    return out;
  }

  #variable(): string {
    const head = /\$\{([A-Za-z_][A-Za-z0-9_]*)(:[-?]|\})/y;
    head.lastIndex = this.#at;
    const match = head.exec(this.#text);
    if (match === null) throw this.#malformed("what follows ${ is no variable");
    const [whole, name = "", form = ""] = match;
    this.#at += whole.length;
    const value = this.#environment[name];
    if (form === "}") {
      if (value === undefined) throw this.#missing(name, null);
      return value;
    }
    if (value !== undefined && value !== "") {
      this.#pass();
      return value;
    }
    const given = this.#until(true);
    if (form === ":?") throw this.#missing(name, given);
    return given;
  }

  /** Passes over a default or a message that is not needed. */
  #pass(): void {
    let open = 1;
    while (open > 0) {
      const rest = this.#text.slice(this.#at, this.#at + 2);
      if (rest === "") throw this.#malformed("a variable is not closed");
      if (rest === "${") open += 1;
      if (rest.startsWith("}")) open -= 1;
      this.#at += rest === "$$" || rest === "${" ? 2 : 1;
    }
  }

  #malformed(what: string): Error {
    const suggestion = "write one of these; $$ is a plain $";
    return wrong(what, FORMS, { suggestion, place: this.#place });
  }

  #missing(name: string, message: string | null): Error {
    const isEmpty = this.#environment[name] === "";
    const what = `the variable ${name} is ${isEmpty ? "empty" : "not set"}`;
    const known = Object.keys(this.#environment);
    const near = isEmpty || known.includes(name) ? null : nearest(name, known);
    const meant = near === null ? "" : `did you mean \${${near}}? Or `;
    const suggestion = `${meant}set ${name}, or give it in a file with --env-file`;
    const reason =
      message === null || message === ""
        ? "a value is taken from it, and there is no default"
        : message;
    return wrong(what, reason, { suggestion, place: this.#place });
  }
}
