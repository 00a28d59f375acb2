/** Elements in few words. */

type Props = Readonly<Record<string, string | number | boolean | null | undefined | ((event: Event) => unknown)>>;
export type Child = Node | string | false | null | undefined;

/** An element: functions listen, `true` is an empty attribute, what is `false` or nothing is left out. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: readonly Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child): child is Node | string => child !== false && child !== null && child !== undefined));
  return element;
}

/** A button that works once at a time: a second tap while the first is at work does nothing. */
export function button(text: string, act: () => unknown, props: Props = {}): HTMLButtonElement {
  const element = h("button", { type: "button", ...props }, text);
  let busy = false;
  element.addEventListener("click", async () => {
    if (busy) return;
    busy = true;
    try {
      await act();
    } finally {
      busy = false;
    }
  });
  return element;
}

/** Radio buttons under a legend. */
export function radios(
  name: string,
  legend: Child,
  choices: readonly (readonly [value: string, label: string])[],
  chosen: string | undefined,
  choose: (value: string) => unknown,
): HTMLFieldSetElement {
  return h("fieldset", {}, h("legend", {}, legend), ...choices.map(([value, label]) =>
    h("label", { class: "choice" }, h("input", { type: "radio", name, value, checked: value === chosen, change: () => choose(value) }), h("span", {}, label)),
  ));
}
