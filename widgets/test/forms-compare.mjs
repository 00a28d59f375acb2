// What stands after a step, here and in ODK's engine, question by question.

/** Names that pyxform writes for its own ends; they are no questions. */
const THEIRS = /^\/meta\/|\/(reserved_name_for_field_list_labels_\d+|generated_table_list_label_\d+|[^/]+_count)$/;

/** A value as XForms write it. */
function written(value) {
  if (value === null) return "";
  if (Array.isArray(value)) return [...value].sort().join(" ");
  if (typeof value === "object") return `${value.latitude} ${value.longitude}`;
  return String(value).replace(/(:\d\d)\.000/, "$1");
}

/** Of a list of codes the order is no matter, of a number how it is written, of a time thousandths that are none. */
function theirs({ value, choices }, mine) {
  if (choices) return value.split(" ").sort().join(" ");
  const numbers = typeof mine === "number" || (mine !== null && typeof mine === "object");
  return numbers && value !== "" ? value.split(" ").map(Number).join(" ") : value.replace(/(:\d\d)\.000/, "$1");
}

/** An answer as it counts: not where it is not asked, not by a code that is not offered. */
function ours({ relevant, value, choices }) {
  if (!relevant) return "";
  if (!choices) return written(value);
  const offered = (code) => choices.includes(code);
  return Array.isArray(value) ? written(value.filter(offered)) : offered(value) ? value : "";
}

/** The first difference between two states; nothing where they agree. */
export function difference(questions, nodes) {
  const here = new Map(questions.map((question) => [question.path, question]));
  for (const node of nodes) {
    const question = here.get(node.path);
    if (!question) {
      if (THEIRS.test(node.path)) continue;
      return `${node.path}: only in ODK`;
    }
    here.delete(node.path);
    const sides = {
      relevant: [question.relevant, node.relevant],
      required: [question.required, node.relevant && node.required],
      "read-only": [question.read_only, node.readOnly],
      lacking: [question.violations.includes("forms.required"), node.lacking],
      broken: [question.violations.some((code) => code !== "forms.required"), node.broken],
      value: [ours(question), theirs(node, question.value)],
      choices: [question.choices?.join(), node.choices?.join()],
    };
    for (const [what, [mine, their]] of Object.entries(sides)) {
      if (mine !== their) return `${node.path}: ${what}: here ${JSON.stringify(mine)}, in ODK ${JSON.stringify(their)}`;
    }
  }
  const [only] = here.keys();
  return only === undefined ? undefined : `${only}: only here`;
}
