// What stands after a step, here and in ODK's engine, question by question.

/** Names that pyxform writes for its own ends; they are no questions. */
const THEIRS = /^\/meta\/|\/(reserved_name_for_field_list_labels_\d+|generated_table_list_label_\d+|[^/]+_count)$/;

/** Codes in one order: of those that are chosen it is no matter, of those that are ranked it is the answer. */
const codes = (list, ranked) => (ranked ? list : [...list].sort()).join(" ");

/** A value as XForms write it. */
function written(value) {
  if (value === null) return "";
  if (typeof value === "object") return `${value.latitude} ${value.longitude}`;
  return String(value).replace(/(:\d\d)\.000/, "$1");
}

/** Of a number it is no matter how it is written, of a time thousandths that are none. */
function theirs({ value, choices, ranked }, mine) {
  if (choices) return codes(value.split(" "), ranked);
  const numbers = typeof mine === "number" || (mine !== null && typeof mine === "object");
  return numbers && value !== "" ? value.split(" ").map(Number).join(" ") : value.replace(/(:\d\d)\.000/, "$1");
}

/** An answer as it counts: not where it is not asked, not by a code that is not offered. */
function ours({ relevant, value, choices }, { ranked }) {
  if (!relevant) return "";
  if (!choices) return written(value);
  const offered = (code) => choices.includes(code);
  return Array.isArray(value) ? codes(value.filter(offered), ranked) : offered(value) ? value : "";
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
      value: [ours(question, node), theirs(node, question.value)],
      choices: [question.choices?.join(), node.choices?.join()],
    };
    for (const [what, [mine, their]] of Object.entries(sides)) {
      if (mine !== their) return `${node.path}: ${what}: here ${JSON.stringify(mine)}, in ODK ${JSON.stringify(their)}`;
    }
  }
  const [only] = here.keys();
  return only === undefined ? undefined : `${only}: only here`;
}
