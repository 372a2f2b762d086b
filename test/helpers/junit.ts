/** A strict reader of test results, for what the JUnit schema of Jenkins' xUnit plugin lets a file have. */

interface Element {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly children: readonly string[];
  readonly hasText?: true;
}

const OUTCOME: Element = {
  required: [],
  optional: ["message", "type"],
  children: [],
  hasText: true,
};

const ELEMENTS: Readonly<Record<string, Element>> = {
  testsuites: {
    required: [],
    optional: ["name", "tests", "failures", "errors", "time"],
    children: ["testsuite"],
  },
  testsuite: {
    required: ["name", "tests", "failures", "errors"],
    optional: ["skipped", "time", "timestamp"],
    children: ["testcase"],
  },
  testcase: {
    required: ["name"],
    optional: ["classname", "time"],
    children: ["failure", "error", "skipped"],
  },
  failure: OUTCOME,
  error: OUTCOME,
  skipped: OUTCOME,
};

const START = '<?xml version="1.0" encoding="UTF-8"?>\n';
const TAG = /<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)>([^<]*)/y;
const ENTITY = /&(?!(?:amp|lt|gt|quot|#10|#9);)/;

/** What is wrong with a file; nothing of one that is taken as it is. */
export function faultsOfJunit(xml: string): string[] {
  const faults = xml.startsWith(START) ? [] : ["it does not begin as XML does"];
  const [open, names] = [["document"], new Set<string>()];
  const counted = { testcase: 0, failure: 0, error: 0 };
  let sums = "";
  for (TAG.lastIndex = START.length; TAG.lastIndex < xml.length;) {
    const [whole, close, name = "", attributes = "", text = ""] = TAG.exec(xml) ?? [];
    if (whole === undefined) return [...faults, "no tag where there should be one"];
    if (ENTITY.test(whole)) faults.push(`not escaped: ${whole}`);
    if (close === "/") {
      if (open.pop() !== name) faults.push(`</${name}> closes something else`);
      continue;
    }
    faults.push(...elementFaults(name, attributes, { parent: open.at(-1) ?? "", text }));
    if (name === "testsuites") sums = attributes;
    if (name === "testcase") {
      if (names.has(attributes)) faults.push(`two tests are${attributes}`);
      names.add(attributes);
    }
    if (name in counted) counted[name as keyof typeof counted] += 1;
    open.push(name);
  }
  if (open.length > 1) faults.push(`left open: ${open.join(", ")}`);
  const { testcase, failure, error } = counted;
  const right = ` tests="${testcase}" failures="${failure}" errors="${error}"`;
  return sums.includes(right) ? faults : [...faults, `not${right}`];
}

function elementFaults(
  name: string,
  attributes: string,
  { parent, text }: { readonly parent: string; readonly text: string },
): string[] {
  const element = ELEMENTS[name];
  if (element === undefined) return [`an element ${name}`];
  const { required, optional, hasText } = element;
  const all = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)];
  const given = all.map(([, each = ""]) => each);
  const known = [...required, ...optional];
  const time = all.find(([, each]) => each === "time")?.[2] ?? "0";
  return [
    ...given.filter((each) => !known.includes(each)).map((each) => `${name} has ${each}`),
    ...required.filter((each) => !given.includes(each)).map((each) => `${name} has no ${each}`),
    ...(parent === "document" || ELEMENTS[parent]?.children.includes(name) === true
      ? []
      : [`${name} in ${parent}`]),
    ...(hasText === true || text.trim() === "" ? [] : [`text in ${name}`]),
    ...(/^\d+(?:\.\d+)?$/.test(time) ? [] : [`a time of ${time}`]),
  ];
}
