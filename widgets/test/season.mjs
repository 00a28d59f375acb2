// A made-up season for the tests: no place, company or date of it exists.

/** The day the tests take for today: a Tuesday. */
export const TODAY = "2026-11-24";

const GENRES = [
  ["theatre", "Théâtre", "Theatre"],
  ["music", "Musique", "Music"],
  ["dance", "Danse", "Dance"],
  ["circus", "Cirque", "Circus"],
  ["puppets", "Marionnettes", "Puppetry"],
  ["exhibition", "Exposition", "Exhibition"],
  ["young", "Jeune public", "For the young"],
];

const PLACES = [
  ["Le Grand Mélèze", "Briançon"],
  ["Théâtre des Trois-Torrents", "Gap"],
  ["La Fabrique à neige", "Embrun"],
  ["Salle du Temple", "Guillestre"],
  ["Maison de l’Adret", "Château-Ville-Vieille"],
  ["Espace culturel d’Aiguilles", "Aiguilles"],
];

const id = (kind, number) => `0${kind}${String(number).padStart(24, "0")}`;
const euros = (amount) => ({ cents: Math.round(amount * 100), currency: "EUR" });

export function day(after, from = TODAY) {
  const date = new Date(`${from}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + after);
  return date.toISOString().slice(0, 10);
}

/** An occurrence from a line of the table below. */
function occurrence(number, [after, time, title, place, genres, more = {}]) {
  return {
    id: id("1", number),
    title: typeof title === "string" ? { fr: title } : title,
    start: time ? `${day(after)}T${time}:00[Europe/Paris]` : day(after),
    place,
    genres: genres.map((code) => GENRES.findIndex(([known]) => known === code)),
    status: "scheduled",
    ...more,
  };
}

const url = "https://billetterie.example/";

const LINES = [
  [-60, "20:30", "Ce que dit la neige", 0, ["theatre"], { lowest: euros(8), highest: euros(14), url }],
  [-9, "20:30", "Trio Ubac", 1, ["music"], { free: true }],
  [-3, "17:00", "Le Bal des oursons", 2, ["dance", "young"], { lowest: euros(6), highest: euros(6) }],
  [-20, "", { fr: "Estampes de l’hiver", en: "Prints of winter" }, 4, ["exhibition"], {
    end: day(26), free: true, accessibility: ["mi"],
    summary: { fr: "Soixante gravures sur bois, du Japon aux Alpes, prêtées par onze bibliothèques du territoire.", en: "Sixty woodcuts, from Japan to the Alps, lent by eleven libraries." },
  }],
  [0, "18:30", "Répétition ouverte : Œdipe à la fenêtre", 0, ["theatre"], { free: true, url }],
  [0, "20:30", { fr: "L’Échappée", en: "The Breakaway" }, 1, ["circus"], {
    end: `${day(0)}T22:00:00[Europe/Paris]`, lowest: euros(9), highest: euros(18), url, accessibility: ["mi", "hi"],
    summary: { fr: "Cinq acrobates, un mur d’escalade et un accordéon : une ascension qui finit en bal.", en: "Five acrobats, a climbing wall and an accordion: an ascent that ends in a ball." },
  }],
  [1, "10:00", "Contes du petit torrent", 3, ["puppets", "young"], { lowest: euros(5), highest: euros(5), url }],
  [1, "14:30", "Contes du petit torrent", 3, ["puppets", "young"], { lowest: euros(5), highest: euros(5), url, status: "cancelled" }],
  [1, "20:00", "Quatuor de l’Izoard — Fauré, Debussy, Clyne", 0, ["music"], {
    lowest: euros(12.5), highest: euros(22), url,
    summary: { fr: "Deux quatuors français et une création, jouée en présence de la compositrice." },
  }],
  [3, "20:30", "La Nuit juste avant les glaciers", 1, ["theatre"], { lowest: euros(9), highest: euros(18), url, accessibility: ["mi", "vi", "hi"],
    summary: { fr: "Une guide, un cartographe et une cantinière attendent l’ouverture d’un col qui ne vient pas." } }],
  [4, "15:00", "Atelier de danse en famille", 2, ["dance", "young"], { free: true, end: `${day(4)}T17:30:00[Europe/Paris]` }],
  [4, "20:30", "La Nuit juste avant les glaciers", 1, ["theatre"], { lowest: euros(9), highest: euros(18), url, status: "rescheduled" }],
  [4, "21:00", "Grand bal folk du Queyras", 5, ["music", "dance"], { end: `${day(5)}T02:00:00[Europe/Paris]`, lowest: euros(10), highest: euros(10) }],
  [5, "17:00", "Petit concert de midi moins le quart (déplacé à l’heure du goûter)", 3, ["music"], { free: false }],
  [7, "", "Rencontres de la marionnette", 2, ["puppets"], { end: day(9), lowest: euros(4), url,
    summary: { fr: "Trois jours, douze compagnies, un défilé aux lanternes le vendredi." } }],
  [10, "20:30", "Fratrie", 0, ["dance"], { lowest: euros(9), highest: euros(18), status: "postponed" }],
  [11, "19:00", "Lecture à distance : lettres du Lautaret", null, ["theatre"], { free: true, status: "moved-online", url }],
  [12, "20:00", "Duplex avec Montréal", 1, ["music"], { start: `${day(12)}T20:00:00[America/Toronto]` }],
];

/** The bundle of the season, with as many further evenings as wanted. */
export function season(further = 0) {
  const evenings = Array.from({ length: further }, (_, number) => [
    14 + Math.floor(number / 24),
    `${String(14 + (number % 8)).padStart(2, "0")}:${number % 3 ? "30" : "00"}`,
    `${["Hivernales", "Veillée", "Concert", "Récit", "Bal"][number % 5]} n° ${number + 1}`,
    number % PLACES.length,
    [GENRES[number % GENRES.length][0]],
    number % 4 ? { lowest: euros(5 + (number % 9)), url, summary: { fr: "Une soirée de plus dans une salle chauffée, avec une soupe à la fin." } } : { free: true },
  ]);
  const occurrences = [...LINES, ...evenings].map((line, number) => occurrence(number, line));
  return {
    version: 1,
    zone: "Europe/Paris",
    languages: ["fr", "en"],
    genres: GENRES.map(([code, french, english]) => ({ code, label: { fr: french, en: english } })),
    places: PLACES.map(([name, commune], number) => ({ id: id("2", number), name: { fr: name }, commune, position: null })),
    occurrences: occurrences.sort((one, other) => (one.start < other.start ? -1 : 1)),
  };
}
