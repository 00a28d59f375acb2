/** The screens around the questionnaire: slots, agreement, those who do not answer, the door, the queue. */
import { approachedToo, door, doorKey, draftKey, type App, type Door, type Draft } from "./app.js";
import { Asking, type Leads } from "./asking.js";
import { button, h, radios, type Child } from "./dom.js";
import { localTime, type Player } from "./player.js";
import { acknowledged, freshId } from "./store.js";
import { ordinal, sayCount, shown, type Key } from "./texts.js";
import type { Observed, Response, Slot } from "./wave.js";

const AGES = ["under-30", "30-59", "60+"] as const;
const SEXES = ["f", "m"] as const;
const OUTCOMES = ["refusal", "language-barrier", "not-eligible", "non-contact", "other"] as const;

/** What is said of an hour: `20:30`, in French `20 h 30`. */
function hour(app: App, stamp: string): string {
  const [hours = "", minutes = ""] = stamp.slice(11).split(":");
  return app.language === "fr" ? `${Number(hours)}\u00a0h${minutes === "00" ? "" : `\u00a0${minutes}`}` : `${hours}:${minutes}`;
}

function day(app: App, stamp: string): string {
  const format = new Intl.DateTimeFormat(app.language === "fr" ? "fr-FR" : "en-GB", { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
  return format.format(new Date(`${stamp.slice(0, 10)}T00:00:00Z`));
}

const hours = (app: App, { begin, end }: Slot): string => `${hour(app, begin)} – ${hour(app, end)}`;
const where = ({ venue, locality }: Slot): string => [venue, locality].filter(Boolean).join(", ");

/** Slots to choose from, today's first. */
export function slots(app: App): void {
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: app.wave.zone, dateStyle: "short" }).format(new Date());
  const dates = [...new Set(app.wave.slots.map(({ begin }) => begin.slice(0, 10)))].sort();
  const list = (date: string): HTMLElement => {
    const own = app.wave.slots.filter(({ begin }) => begin.startsWith(date));
    const heading = date === today ? `${app.say("slots.today")}, ${day(app, date)}` : day(app, date);
    return h("section", {}, h("h2", {}, heading), h("ul", { class: "slots" }, ...own.map((slot) => {
      const choose = button("", () => app.go(() => home(app, slot)), { class: "slot" });
      choose.append(h("strong", {}, hours(app, slot)), h("span", {}, slot.title), h("span", { class: "where" }, where(slot)));
      return h("li", {}, choose);
    })));
  };
  const past = dates.filter((date) => date < today).reverse();
  app.show(
    app.say("slots"),
    dates.length === 0 ? h("p", {}, app.say("slots.none")) : null,
    ...dates.filter((date) => date >= today).map(list),
    past.length > 0 && h("details", {}, h("summary", {}, app.say("slots.past")), ...past.map(list)),
    toQueue(app),
  );
}

function toQueue(app: App): HTMLElement {
  const link = button(app.say("queue"), () => app.go(() => queue(app)), { class: "quiet" });
  void app.store.queue().then(({ length }) => (link.textContent = app.say("queue.count", { n: length })));
  return h("div", { class: "more" }, link);
}

/** A slot: whom to approach, what to do. */
export async function home(app: App, slot: Slot): Promise<void> {
  await app.store.put("slot", slot.slot);
  const { wave } = app;
  const rule = slot.interval <= 1 ? app.say("rule.all") : app.say("rule.one", { first: ordinal(app.language, slot.first), interval: slot.interval });
  const visitor = wave.mode === "self-administered";
  app.show(
    slot.title,
    h("p", {}, h("strong", {}, where(slot)), h("br"), `${day(app, slot.begin)}, ${hours(app, slot)}`),
    h("p", { class: "rule" }, rule),
    h("div", { class: "stack" },
      button(app.say(visitor ? "start.visitor" : "start"), () => app.go(begin(app, slot)), { class: "main" }),
      button(app.say("outcome"), () => app.go(outcome(app, slot))),
      button(app.say("door"), () => app.go(doorLog(app, slot))),
    ),
    wave.quotas.length > 0 && h("section", {}, h("h2", {}, app.say("quotas")), h("ul", {}, ...wave.quotas.map(({ field, value, answers, most, full }) => {
      const layout = wave.layouts[app.language];
      const item = layout?.items.find(({ name }) => name === field);
      const label = layout?.lists[item?.input.list ?? ""]?.find(({ code }) => code === value)?.label.text ?? value;
      return h("li", {}, app.say("quota", { field: item?.label.text ?? field, value: label, n: answers, most }), full && h("strong", {}, ` (${app.say("quota.full")})`));
    }))),
    h("div", { class: "more" }, button(app.say("slot.change"), () => app.go(() => slots(app)), { class: "quiet" })),
    toQueue(app),
  );
}

/** What the interviewer sees; nothing where a visitor holds the device. */
function seen(app: App, observed: Observed): Child {
  if (app.wave.mode === "self-administered") return null;
  const named = <T extends string>(kind: "age" | "sex", codes: readonly T[]): (readonly [string, string])[] =>
    codes.map((code) => [code, app.say(`${kind}.${code}` as Key)] as const);
  return h("section", { class: "observed", "aria-labelledby": "observed" },
    h("h2", { id: "observed" }, app.say("observed")),
    h("p", { class: "hint" }, app.say("observed.hint")),
    radios("age", app.say("age"), named("age", AGES), observed.age, (age) => (observed.age = age)),
    radios("sex", app.say("sex"), named("sex", SEXES), observed.sex, (sex) => (observed.sex = sex)),
  );
}

/** The agreement, purpose by purpose; then the questionnaire. */
function begin(app: App, slot: Slot): () => unknown {
  const { wave } = app;
  const begun = new Date();
  const [id, respondent] = [freshId(), freshId()];
  const observed: Observed = {};
  const agreed = new Set<string>();
  const purposes = Object.entries(wave.purposes);
  const go = async (): Promise<void> => {
    const draft: Draft = {
      questionnaire: { version: wave.version, layouts: wave.layouts, violations: wave.violations },
      form: app.form, slot: slot.slot, id, respondent, observed, steps: [], page: "",
      begun: begun.toISOString(),
      setting: { now: localTime(begun), seed: crypto.getRandomValues(new Uint32Array(1))[0] ?? 0 },
      consent: [...agreed].sort(),
    };
    await app.attempt(async () => {
      await app.store.put(draftKey(wave), draft);
      await app.go(ask(app, draft, false));
    });
  };
  const refuse = (): Promise<void> => app.attempt(async () => {
    const n = await app.store.push({ response: {
      id, wave: wave.wave, slot: slot.slot, begun: begun.toISOString(), ended: new Date().toISOString(),
      disposition: "refusal", language: app.language, observed, mode: wave.mode,
    } }, await approachedToo(app, slot.slot));
    await app.go(() => saved(app, slot, n));
  });
  if (purposes.length === 0 && wave.mode === "self-administered") return go;
  return () => {
    const none = h("p", { class: "error", role: "alert", id: "none" });
    const form = h("form", { novalidate: true, submit: (event) => {
      event.preventDefault();
      if (purposes.length > 0 && agreed.size === 0) {
        none.textContent = app.say("consent.none");
        form.querySelector("input")?.focus();
      } else void go();
    } },
      purposes.length > 0 && h("fieldset", { "aria-describedby": "none" }, h("legend", {}, app.say("consent.purposes")), none, ...purposes.map(([name, { text, keep_days }]) => {
        const [words, lang] = shown(text, app.language);
        const box = h("input", { type: "checkbox", name: "purpose", value: name, checked: agreed.has(name), change: () => {
          if (box.checked) agreed.add(name);
          else agreed.delete(name);
          if (agreed.size > 0) none.textContent = "";
        } });
        return h("label", { class: "choice" }, box, h("span", {}, h("span", { lang }, words), h("small", {}, sayCount(app.language, "consent.days", keep_days))));
      })),
      seen(app, observed),
      h("div", { class: "actions" }, button(app.say("consent.refuse"), refuse), h("button", { type: "submit", class: "main" }, app.say("consent.go"))),
    );
    app.show(
      app.say("consent"),
      purposes.length > 0 && h("p", {}, app.say("consent.intro")),
      form,
      h("div", { class: "more" }, button(app.say("cancel"), () => app.go(() => home(app, slot)), { class: "quiet" })),
    );
  };
}

/** The questionnaire of an answer that was begun. */
export function ask(app: App, draft: Draft, resumed: boolean): () => unknown {
  const { wave } = app;
  const slot = wave.slots.find((own) => own.slot === draft.slot);
  const leave = (n?: number, respondent?: string): Promise<void> =>
    app.go(() => (n !== undefined ? saved(app, slot, n, respondent) : slot ? home(app, slot) : slots(app)));
  const response = (now: Draft, disposition: string): Response => ({
    id: now.id, wave: wave.wave, slot: now.slot, version: now.questionnaire.version, language: app.language,
    begun: now.begun, ended: new Date().toISOString(), disposition, observed: now.observed, mode: wave.mode,
  });
  const push = (own: Response): Promise<void> => app.attempt(async () => {
    const n = await app.store.push({ response: own }, { ...(await approachedToo(app, own.slot)), [draftKey(wave)]: undefined });
    await leave(n, own.respondent);
  });
  const answered = (now: Draft, player: Player, disposition: string): Promise<void> =>
    push({ ...response(now, disposition), respondent: now.respondent, answers: player.stand.document, consent: now.consent });
  const leads: Leads = {
    finish: (now, player) => answered(now, player, "complete"),
    stop: (now, player) => {
      let choice = "partial";
      const ways = ["partial", "break-off", "mistake"] as const;
      void app.go(() => app.show(
        app.say("stop.title"),
        radios("stop", app.say("outcome.what"), ways.map((way) => [way, app.say(`stop.${way}`)] as const), choice, (own) => (choice = own)),
        h("div", { class: "actions" },
          button(app.say("back"), () => app.go(ask(app, now, false))),
          button(app.say("save"), () => {
            if (choice === "partial") return answered(now, player, "partial");
            if (choice === "break-off") return push(response(now, "break-off"));
            return app.attempt(async () => {
              await app.store.delete(draftKey(wave));
              await leave();
            });
          }, { class: "main" }),
        ),
      ));
    },
  };
  const asking = new Asking(app, draft, leads, resumed);
  return () => asking.draw();
}

/** Those who do not answer. */
function outcome(app: App, slot: Slot): () => unknown {
  const begun = new Date().toISOString();
  const id = freshId();
  const observed: Observed = {};
  let disposition: string | undefined;
  return () => {
    const missing = h("p", { class: "error", role: "alert", id: "missing" });
    const what = radios("outcome", app.say("outcome.what"), OUTCOMES.map((own) => [own, app.say(`outcome.${own}`)] as const), disposition, (own) => {
      disposition = own;
      missing.textContent = "";
    });
    what.querySelector("legend")?.after(missing);
    what.setAttribute("aria-describedby", missing.id);
    const save = (): Promise<void> => app.attempt(async () => {
      if (disposition === undefined) {
        missing.textContent = app.say("outcome.missing");
        what.querySelector("input")?.focus();
        return;
      }
      const n = await app.store.push({ response: {
        id, wave: app.wave.wave, slot: slot.slot, begun, ended: new Date().toISOString(), disposition, observed, mode: app.wave.mode,
      } }, await approachedToo(app, slot.slot));
      await app.go(() => saved(app, slot, n));
    });
    app.show(app.say("outcome.title"), what, seen(app, observed), h("div", { class: "actions" },
      button(app.say("cancel"), () => app.go(() => home(app, slot))),
      button(app.say("save"), save, { class: "main" }),
    ));
  };
}

/** What is counted at the door. */
function doorLog(app: App, slot: Slot): () => unknown {
  return async () => {
    let counts: Door = await door(app, slot);
    const [counted, approached] = [h("output", { class: "count" }), h("output", {})];
    const next = h("p", { class: "next" });
    const tell = (): void => {
      counted.textContent = String(counts.counted);
      approached.textContent = String(counts.approached);
      const passed = Math.max(0, Math.ceil((counts.counted + 1 - slot.first) / Math.max(slot.interval, 1)));
      const due = slot.first + passed * Math.max(slot.interval, 1);
      next.textContent = app.say("door.next", { n: ordinal(app.language, due) });
      counting.hidden = !counts.held;
    };
    const change = (more: Partial<Door>): Promise<void> => app.attempt(async () => {
      counts = { ...counts, ...more };
      tell();
      await app.store.put(doorKey(app.wave, slot.slot), counts);
    });
    const add = (name: "counted" | "approached", by: number): Promise<void> =>
      change({ [name]: Math.max(0, counts[name] + by), begin: counts.begin ?? new Date().toISOString() });
    // Each tap counts, however fast: no button here waits for the one before.
    const tap = (label: Key, text: string, act: () => unknown, named = ""): HTMLElement => h("button", { type: "button", class: named, "aria-label": app.say(label), click: act }, text);
    const counting = h("div", {},
      h("section", { class: "counter", "aria-labelledby": "counted" },
        h("h2", { id: "counted" }, app.say("door.counted")),
        h("div", { class: "tally" }, tap("door.minus", "−1", () => add("counted", -1)), counted),
        tap("door.plus", "+1", () => add("counted", 1), "main huge"),
        next,
      ),
      h("section", { class: "counter", "aria-labelledby": "approached" },
        h("h2", { id: "approached" }, app.say("door.approached")),
        h("div", { class: "tally" }, tap("door.approached.minus", "−1", () => add("approached", -1)), approached, tap("door.approached.plus", "+1", () => add("approached", 1))),
        h("p", { class: "hint" }, app.say("door.note")),
      ),
    );
    const save = (): Promise<void> => app.attempt(async () => {
      const end = new Date().toISOString();
      const figures = counts.held ? { begin: counts.begin ?? end, end, counted: counts.counted, approached: counts.approached } : {};
      const n = await app.store.push({ slot: { wave: app.wave.wave, slot: slot.slot, held: counts.held, ...figures } });
      await app.go(() => saved(app, slot, n));
    });
    tell();
    app.show(
      app.say("door"),
      h("p", {}, h("strong", {}, slot.title), h("br"), `${where(slot)}, ${hours(app, slot)}`),
      radios("held", app.say("door.held"), [["yes", app.say("yes")], ["no", app.say("no")]], counts.held ? "yes" : "no", (held) => change({ held: held === "yes" })),
      counting,
      h("div", { class: "actions" }, button(app.say("cancel"), () => app.go(() => home(app, slot))), button(app.say("door.save"), save, { class: "main" })),
    );
  };
}

/** A message is in the queue. */
function saved(app: App, slot: Slot | undefined, n: number, respondent?: string): void {
  const visitor = app.wave.mode === "self-administered" && respondent !== undefined;
  app.show(
    app.say(respondent === undefined ? "saved" : "saved.thanks"),
    h("p", { class: "done" }, app.say(visitor ? "saved.visitor" : "saved.text", { n })),
    respondent !== undefined && h("p", {}, app.say("saved.rights"), h("br"), h("code", {}, respondent)),
    h("div", { class: "stack" }, button(app.say("saved.next"), () => app.go(() => (slot ? home(app, slot) : slots(app))), { class: "main" })),
    toQueue(app),
  );
}

/** What is to be handed in; `told` is what became of an acknowledgement. */
async function queue(app: App, told: readonly string[] = []): Promise<void> {
  const waiting = await app.store.queue();
  const last = await app.store.get<string>("slot");
  const slot = app.wave.slots.find((own) => own.slot === last);
  const download = async (): Promise<void> => {
    const all = await app.store.queue();
    const name = `${app.wave.wave}-${app.device.slice(-6)}-${all.at(-1)?.sequence ?? 0}.ndjson`.replace(/[^\w.-]+/g, "_");
    const address = URL.createObjectURL(new Blob(all.map(({ line }) => `${line}\n`), { type: "application/x-ndjson" }));
    h("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  };
  const read = (file: File | undefined): Promise<void> => app.attempt(async () => {
    if (!file) return;
    const answer = await file.text();
    let lines: string[];
    try {
      const own = acknowledged(answer, app.device, await app.store.queue());
      if (!own) lines = [app.say("queue.other-device")];
      else {
        await app.store.forget(own.safe);
        const ranges = own.missing.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(", ");
        lines = [sayCount(app.language, "queue.forgotten", own.safe.length), ...(ranges ? [app.say("queue.missing", { ranges })] : [])];
      }
    } catch {
      lines = [app.say("queue.unreadable")];
    }
    await app.go(() => queue(app, lines));
  });
  const file: HTMLInputElement = h("input", { type: "file", id: "acknowledge", accept: ".json,application/json", "aria-describedby": "acknowledge-hint", change: () => read(file.files?.[0]) });
  app.show(
    app.say("queue"),
    h("div", { role: "status" }, ...told.map((line) => h("p", { class: "done" }, line))),
    h("p", {}, waiting.length === 0 ? app.say("queue.none") : sayCount(app.language, "queue.waiting", waiting.length)),
    h("section", {}, button(app.say("queue.export"), download, { class: "main", disabled: waiting.length === 0, "aria-describedby": "export-hint" }), h("p", { class: "hint", id: "export-hint" }, app.say("queue.export.hint"))),
    h("section", {}, h("label", { class: "label", for: "acknowledge" }, app.say("queue.acknowledge")), file, h("p", { class: "hint", id: "acknowledge-hint" }, app.say("queue.acknowledge.hint"))),
    h("p", { class: "hint" }, app.say("queue.device"), "\u00a0: ", h("code", {}, app.device)),
    h("div", { class: "more" }, button(app.say("slot"), () => app.go(() => (slot ? home(app, slot) : slots(app))), { class: "quiet" })),
  );
}
