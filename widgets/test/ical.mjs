// Reads calendars with ical.js, strictly, and prints how many events each has; ends with 1 on the first that is no
// calendar: `node test/ical.mjs FILE...`.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

ICAL.design.strict = true;
try {
  for (const file of process.argv.slice(2)) {
    const calendar = new ICAL.Component(ICAL.parse(readFileSync(file, "utf8")));
    for (const zone of calendar.getAllSubcomponents("vtimezone")) {
      ICAL.TimezoneService.register(zone);
    }
    const events = calendar.getAllSubcomponents("vevent");
    for (const component of events) {
      const event = new ICAL.Event(component);
      if (!event.uid || !event.startDate) throw new Error(`an event without UID or DTSTART: ${event.summary}`);
      if (event.startDate.compare(event.endDate) > 0) throw new Error(`${event.uid} ends before it starts`);
      if (component.hasProperty("rrule")) event.iterator().next();
    }
    console.log(events.length);
  }
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
}
