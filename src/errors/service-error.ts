/** What a service answers when it fails, saved as if it were the data: recognised by the names of its members. */

const FAILED = /^(?:error|errors|error_?code|error_?message|fault|exception)$/i;
const TEXT = /^(?:message|detail|reason)$/i;
/** Members that stand beside the text of an error. */
const BESIDE =
  /^(?:status|status_?code|code|documentation_url|title|type|request_?id|timestamp|path)$/i;

/** Whether an object with these names, none of which is a column, looks like such an answer. */
export function isServiceError(names: readonly string[]): boolean {
  if (names.some((name) => FAILED.test(name))) return true;
  return (
    names.some((name) => TEXT.test(name)) &&
    names.every((name) => TEXT.test(name) || BESIDE.test(name))
  );
}

/** What to do about it. */
export const SERVICE_ERROR_FIX =
  "it looks like the error that a service has answered with: look at it, and get the file again";
