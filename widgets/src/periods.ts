/** The quick choices of time, as conditions of a query. */
import type { AgendaQuery } from "./bundle.js";
import { later, weekday } from "./words.js";

export const CHOICES = ["upcoming", "today", "weekend", "past", "all"] as const;
export type Choice = (typeof CHOICES)[number];

/** What a choice asks for on a given day. On a Sunday the weekend is that Sunday. */
export function period(choice: Choice, today: string): Pick<AgendaQuery, "from" | "to" | "before" | "order"> {
  switch (choice) {
    case "upcoming":
      return { from: today };
    case "today":
      return { from: today, to: today };
    case "weekend": {
      const passed = weekday(today);
      return { from: later(today, Math.max(0, 6 - passed)), to: later(today, 7 - passed) };
    }
    case "past":
      return { before: today, order: "latest" };
    case "all":
      return {};
  }
}
