// What runs in the browser: ODK's engine is asked questions by chance and gives what stands after each answer;
// the core as WebAssembly plays the same steps.
import { createInstance } from "@getodk/xforms-engine";
import { play } from "c3ms-core";

/** Numbers from 0 to 1 by chance, the same for the same seed (mulberry32). */
function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
const one = (random, list) => list[Math.floor(random() * list.length)];

const DAYS = ["2026-11-24", "2026-11-23", "2026-11-25", "2010-06-15", "1999-12-31", "2032-02-29"];
const TEXTS = ["Ada", "ada@exemple.fr", "no@dress", "0", "42", "007", "-1.5", "l’Été, « 100 % » <&>\"'", "您好", "yes", "a b"];
const EXPRESSIONS = ["relevant", "constraint", "calculation", "required-when", "filter", "count", "initial"];

/** What the expressions of a format compare, and with what: values near it are where questions come and go. */
function literals(format) {
  const numbers = new Set([0, -1, 1, 2, 1000]);
  const texts = new Set(TEXTS);
  const counts = new Set();
  const names = new Set();
  JSON.stringify(format, (key, value) => {
    if (value?.constraint) names.add(value.name);
    if (EXPRESSIONS.includes(key) && typeof value === "string") {
      for (const [name] of value.matchAll(/[\p{L}_][\p{L}\d_.-]*/gu)) names.add(name);
      if (key === "count") for (const [, name] of value.matchAll(/\$\{([^}]*)\}/g)) counts.add(name);
      for (const [, text] of value.matchAll(/['"]([^'"]*)['"]/g)) texts.add(text);
      for (const [number] of value.replace(/['"][^'"]*['"]/g, "").matchAll(/\b\d+(\.\d+)?/g)) {
        for (const near of [-1, -0.5, 0, 0.5, 1]) numbers.add(Number(number) + near);
      }
    }
    return value;
  });
  return { numbers: [...numbers], whole: [...numbers].filter(Number.isInteger), texts: [...texts], counts, names };
}

/** Our path of each question, by the names on the way to it in the XForm; `#` stands for the place in a list. */
function paths(format) {
  const flat = /^(true|yes)$/i.test(format.extensions?.["xlsform:flat"] ?? "");
  const found = new Map();
  const walk = (fields, theirs, ours) => {
    for (const field of fields) {
      const inside = field.kind.fields;
      const at = inside && flat && !field.many ? theirs : `${theirs}/${field.name}`;
      const path = `${ours}/${field.name}`;
      found.set(at, path);
      if (inside) walk(inside, at, field.many ? `${path}/#` : path);
    }
  };
  walk(format.fields, "", "");
  return found;
}

const named = (node) => node.definition.nodeset.split("/").at(-1);

/** A form opened in ODK's engine. */
async function open(xform, format, properties) {
  const { root } = await createInstance(xform, {
    form: { missingResourceBehavior: "BLANK", fetchFormAttachment: async () => new Response("", { status: 404 }) },
    instance: {
      preloadProperties: {
        deviceID: properties.deviceid, email: properties.email, phoneNumber: properties.phonenumber, username: properties.username,
      },
    },
  });
  const known = paths(format);
  const path = ({ currentState: { reference } }) => {
    const names = reference.replace(/^\/[^/]*/, "");
    const places = [...names.matchAll(/\[(\d+)\]/g)].map(([, place]) => place - 1);
    const ours = known.get(names.replace(/\[\d+\]/g, ""));
    return ours?.replace(/#/g, () => places.shift()) ?? names;
  };
  const nodes = () => {
    const found = [];
    const walk = (node) => (node.currentState.children === null ? found.push(node) : (node !== root && found.push(node), node.currentState.children.forEach(walk)));
    walk(root);
    return found;
  };
  return { nodes, path };
}

/** What stands. */
function seen({ nodes, path }) {
  return nodes().filter(({ currentState }) => currentState.children === null).map((node) => {
    const { currentState: state, validationState, nodeType } = node;
    return {
      path: path(node),
      relevant: state.relevant,
      required: state.required,
      // Nobody types an answer that has no control.
      readOnly: state.readonly || nodeType === "model-value",
      broken: !validationState.constraint.valid,
      lacking: !validationState.required.valid,
      value: state.instanceValue ?? "",
      ranked: nodeType === "rank",
      choices: ["rank", "select"].includes(nodeType) ? state.valueOptions.map(({ value }) => value) : undefined,
    };
  });
}

/** An answer by chance: what the engine is told, and the same as our JSON. */
function answer(node, random, near) {
  const nothing = random() < 0.15;
  if (node.nodeType === "select") {
    const offered = node.currentState.valueOptions.map(({ value }) => value);
    if (nothing || offered.length === 0) return { tell: () => node.selectValues([]), value: null };
    if (node.selectType === "select1") {
      const code = one(random, offered);
      return { tell: () => node.selectValue(code), value: code };
    }
    const codes = offered.filter(() => random() < 0.5);
    return { tell: () => node.selectValues(codes), value: codes };
  }
  if (node.nodeType === "range") {
    const { min, max, step } = node.definition.bounds;
    const value = nothing ? null : Number(min) + Number(step) * Math.floor(random() * ((Number(max) - Number(min)) / Number(step) + 1));
    return { tell: () => node.setValue(value), value };
  }
  if (node.nodeType === "rank") {
    const codes = nothing ? [] : node.currentState.valueOptions.map(({ value }) => value).sort(() => random() - 0.5);
    return { tell: () => node.setValues(codes), value: nothing ? null : codes };
  }
  if (node.nodeType === "trigger") return { tell: () => node.setValue(!nothing), value: nothing ? null : "OK" };
  if (node.nodeType === "upload") {
    return { tell: () => node.setValue(nothing ? null : new File(["x"], "a.bin")), value: nothing ? null : "a.bin" };
  }
  if (nothing) return { tell: () => node.setValue(node.valueType === "string" ? "" : null), value: null };
  const same = (value) => ({ tell: () => node.setValue(value), value });
  const clock = `${one(random, ["00:00", "09:30", "20:05", "23:59"])}:${one(random, ["00", "30"])}`;
  switch (node.valueType) {
    // Long lists take long and show nothing else.
    case "int": return same(one(random, near.counts.has(named(node)) ? [-1, 0, 1, 2, 3, 7] : near.whole));
    case "decimal": return same(one(random, near.numbers));
    case "date": return same(one(random, DAYS));
    case "time": return same(clock);
    case "dateTime": return same(`${one(random, DAYS)}T${clock}+01:00`);
    case "geopoint": {
      const point = { latitude: Math.round(random() * 1e4) / 1e2 - 50, longitude: Math.round(random() * 1e4) / 1e2 };
      return { tell: () => node.setValue({ ...point, altitude: null, accuracy: null }), value: point };
    }
    default: return same(one(random, near.texts));
  }
}

/** One step by chance among those that can be taken; `null` where there is none. */
function step({ nodes, path }, random, near, known) {
  const moves = [];
  const telling = [];
  for (const node of nodes()) {
    const { relevant, readonly, children } = node.currentState;
    if (!relevant || readonly) continue;
    if (node.nodeType === "repeat-range:uncontrolled") {
      if (children.length < 3) moves.push(() => (node.addInstances(), { add: path(node) }));
      if (children.length > 0) {
        const place = Math.floor(random() * children.length);
        moves.push(() => (node.removeInstances(place), { remove: `${path(node)}/${place}` }));
      }
    } else if (["input", "range", "rank", "select", "trigger", "upload"].includes(node.nodeType) && known.has(path(node).replace(/\/\d+(?=\/)/g, "/#"))) {
      const move = () => {
        const { tell, value } = answer(node, random, near);
        const set = path(node);
        tell();
        return { set, value };
      };
      moves.push(move);
      if (near.names.has(named(node))) telling.push(move);
    }
  }
  // Questions that others look at are asked more often.
  const among = telling.length && random() < 0.7 ? telling : moves;
  return among.length ? one(random, among)() : null;
}

/** A sequence of answers by chance, and what stood before the first and after each. */
async function sequence(xform, format, properties, seed, length) {
  const form = await open(xform, format, properties);
  const random = chance(seed);
  const near = literals(format);
  const known = new Set(paths(format).values());
  const steps = [];
  const states = [seen(form)];
  while (steps.length < length) {
    const taken = step(form, random, near, known);
    if (!taken) break;
    steps.push(taken);
    states.push(seen(form));
  }
  return { steps, states };
}

globalThis.forms = { sequence, play };
