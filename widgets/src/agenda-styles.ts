/** The look of `<c3ms-agenda>`: quiet by default, each color and distance can be set by the page. */
import { css } from "lit";

export const styles = css`
  :host {
    /* What a page may set; light here, dark where the page says "color-scheme: light dark". */
    --_text: var(--c3ms-text, #1b2422);
    --_muted: var(--c3ms-muted, #55625e);
    --_accent: var(--c3ms-accent, #0b5f50);
    --_on-accent: var(--c3ms-on-accent, #ffffff);
    --_tint: var(--c3ms-tint, #e8f1ee);
    --_line: var(--c3ms-line, #dbe2df);
    --_edge: var(--c3ms-edge, #84918c);
    --_field: var(--c3ms-field, #ffffff);
    --_alert: var(--c3ms-alert, #a3241b);
    --_radius: var(--c3ms-radius, 0.5rem);
    --_gap: var(--c3ms-gap, 1rem);
    display: block;
    color: var(--_text);
    font-family: var(--c3ms-font, inherit);
    line-height: 1.45;
    text-align: start;
  }
  @supports (color: light-dark(#000, #fff)) {
    :host {
      --_text: var(--c3ms-text, light-dark(#1b2422, #e8eeeb));
      --_muted: var(--c3ms-muted, light-dark(#55625e, #a5b2ad));
      --_accent: var(--c3ms-accent, light-dark(#0b5f50, #86d3bf));
      --_on-accent: var(--c3ms-on-accent, light-dark(#ffffff, #0c1f1a));
      --_tint: var(--c3ms-tint, light-dark(#e8f1ee, #1f312c));
      --_line: var(--c3ms-line, light-dark(#dbe2df, #35403c));
      --_edge: var(--c3ms-edge, light-dark(#84918c, #75827d));
      --_field: var(--c3ms-field, light-dark(#ffffff, #161c1a));
      --_alert: var(--c3ms-alert, light-dark(#a3241b, #ffb0a6));
    }
  }
  :host([hidden]) {
    display: none;
  }
  * {
    box-sizing: border-box;
  }
  .root {
    container-type: inline-size;
  }
  h2, h3, h4, h5, h6, p, ol, fieldset, legend {
    margin: 0;
    padding: 0;
    border: 0;
    font: inherit;
    min-width: 0;
  }
  ol {
    list-style: none;
  }
  :focus-visible {
    outline: 3px solid var(--_accent);
    outline-offset: 2px;
    border-radius: 0.2rem;
  }

  /* Filters */
  form {
    display: grid;
    gap: 0.875rem var(--_gap);
    grid-template-columns: minmax(0, 1fr);
  }
  .more {
    display: none;
    gap: 0.875rem;
    grid-template-columns: repeat(2, minmax(0, 1fr));
  }
  .more.open {
    display: grid;
  }
  label, legend {
    display: block;
    margin-block-end: 0.25rem;
    color: var(--_muted);
    font-size: 0.8125rem;
    font-weight: 600;
  }
  input, select, button {
    font: inherit;
    color: inherit;
    line-height: 1.3;
  }
  input[type="search"], input[type="date"], select {
    width: 100%;
    min-width: 0;
    height: 2.75rem;
    padding: 0 0.75rem;
    border: 1px solid var(--_edge);
    border-radius: var(--_radius);
    background-color: var(--_field);
    text-overflow: ellipsis;
  }
  input[type="search"], input[type="date"] {
    appearance: none;
  }
  select {
    appearance: none;
    padding-inline-end: 2.25rem;
  }
  .place, .genre {
    position: relative;
  }
  .place::after, .genre::after, .toggle::after {
    content: "";
    width: 0.5rem;
    height: 0.5rem;
    border: solid currentColor;
    border-width: 0 2px 2px 0;
    transform: translateY(-25%) rotate(45deg);
    pointer-events: none;
  }
  .place::after, .genre::after {
    position: absolute;
    inset: auto 1rem 1.125rem auto;
  }
  input::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
  .quick ul {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .quick li {
    position: relative;
  }
  .quick input {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    margin: 0;
    opacity: 0;
    cursor: pointer;
  }
  .quick label {
    display: block;
    margin: 0;
    padding: 0.45rem 0.875rem;
    border: 1px solid var(--_edge);
    border-radius: 999px;
    background: var(--_field);
    color: var(--_text);
    font-size: 0.9375rem;
    font-weight: 400;
    line-height: 1.3;
  }
  .quick input:hover + label {
    border-color: var(--_accent);
    background: var(--_tint);
  }
  .quick input:checked + label {
    border-color: var(--_accent);
    background: var(--_accent);
    color: var(--_on-accent);
    font-weight: 600;
  }
  .quick input:focus-visible + label {
    outline: 3px solid var(--_accent);
    outline-offset: 2px;
  }
  button {
    padding: 0.5rem 1rem;
    border: 1px solid var(--_edge);
    border-radius: var(--_radius);
    background: var(--_field);
    color: var(--_text);
    cursor: pointer;
  }
  button:hover {
    border-color: var(--_accent);
    background: var(--_tint);
  }
  .toggle {
    display: flex;
    align-items: center;
    justify-content: space-between;
    width: 100%;
    min-height: 2.75rem;
    padding: 0 0.875rem;
    text-align: start;
  }
  .toggle::after {
    margin-inline: 0.75rem 0.25rem;
  }
  .toggle[aria-expanded="true"]::after {
    transform: translateY(25%) rotate(225deg);
  }
  .bare {
    padding: 0.25rem 0;
    border: 0;
    border-radius: 0.2rem;
    background: none;
    color: var(--_accent);
    font-size: 0.9375rem;
    text-decoration: underline;
    text-underline-offset: 0.2em;
  }
  .bare:hover {
    background: none;
    text-decoration-thickness: 2px;
  }

  /* What was found */
  .found {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    justify-content: space-between;
    gap: 0.25rem var(--_gap);
    min-height: 2rem;
    margin-block-start: 1.25rem;
  }
  .found p {
    font-weight: 600;
    font-variant-numeric: tabular-nums;
  }
  .notice {
    margin-block-start: 0.75rem;
    padding: 0.75rem 1rem;
    border-inline-start: 4px solid var(--_accent);
    border-radius: 0 var(--_radius) var(--_radius) 0;
    background: var(--_tint);
  }
  .empty {
    margin-block: 1rem;
    padding: 2rem 1rem;
    border: 1px dashed var(--_edge);
    border-radius: var(--_radius);
    text-align: center;
  }
  .empty strong {
    display: block;
    margin-block-end: 0.25rem;
    font-size: 1.125rem;
  }
  .empty span {
    color: var(--_muted);
  }
  .wait {
    min-height: 8rem;
    color: var(--_muted);
  }

  /* Days */
  .day {
    margin-block-start: 1.5rem;
  }
  .found + .day {
    margin-block-start: 0.5rem;
  }
  .date {
    padding-block: 0.25rem 0.5rem;
    border-block-end: 2px solid var(--_text);
    font-size: 1.0625rem;
    font-weight: 700;
  }
  .date .relative {
    margin-inline-end: 0.375rem;
    color: var(--_accent);
  }
  .date sup {
    font-size: 0.5em;
    line-height: 0;
    vertical-align: 0.65em;
  }
  .date .weekday:first-child {
    display: inline-block;
  }
  .date .weekday::first-letter {
    text-transform: uppercase;
  }
  .occurrence {
    display: grid;
    grid-template-columns: 4.75rem minmax(0, 1fr);
    gap: 0.125rem 0.75rem;
    padding-block: 0.875rem;
  }
  .occurrence + .occurrence {
    border-block-start: 1px solid var(--_line);
  }
  .time {
    grid-row: 1 / span 2;
    font-weight: 600;
    font-variant-numeric: tabular-nums;
    line-height: 1.5rem;
  }
  .time span {
    display: block;
    color: var(--_muted);
    font-size: 0.8125rem;
    font-weight: 400;
    line-height: 1.3;
  }
  .body {
    grid-column: 2;
    overflow-wrap: anywhere;
  }
  .title {
    font-size: 1.0625rem;
    font-weight: 700;
    line-height: 1.5rem;
    text-wrap: pretty;
  }
  .title a {
    color: inherit;
    text-decoration-line: underline;
    text-decoration-color: var(--_edge);
    text-decoration-thickness: 1px;
    text-underline-offset: 0.2em;
  }
  .title a:hover {
    color: var(--_accent);
    text-decoration-color: currentColor;
    text-decoration-thickness: 2px;
  }
  .title s {
    color: var(--_muted);
    text-decoration-thickness: 2px;
  }
  .status {
    display: inline-block;
    margin-inline-end: 0.375rem;
    padding: 0 0.5rem;
    border: 1px solid currentColor;
    border-radius: 0.25rem;
    color: var(--_alert);
    font-size: 0.8125rem;
    font-weight: 700;
    line-height: 1.375rem;
    vertical-align: 0.0625rem;
  }
  .status.mild {
    color: var(--_accent);
  }
  .where {
    margin-block-start: 0.0625rem;
  }
  .where .commune, .access {
    color: var(--_muted);
  }
  .lasts {
    color: var(--_accent);
    font-weight: 600;
  }
  .summary {
    max-width: 42rem;
    margin-block-start: 0.25rem;
    color: var(--_muted);
    font-size: 0.9375rem;
    text-wrap: pretty;
  }
  .tags {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.375rem 0.5rem;
    margin-block-start: 0.5rem;
    font-size: 0.8125rem;
  }
  .tags:empty {
    display: none;
  }
  .genres {
    display: contents;
  }
  .genres li {
    padding: 0.0625rem 0.5rem;
    border: 1px solid transparent;
    border-radius: 999px;
    background: var(--_tint);
    color: var(--_accent);
  }
  .price {
    grid-column: 2;
    margin-block-start: 0.375rem;
    font-size: 0.9375rem;
    font-weight: 600;
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  .off .price, .off .time {
    color: var(--_muted);
    font-weight: 400;
  }
  .next {
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 0.5rem;
    margin-block-start: 1.5rem;
    color: var(--_muted);
    font-size: 0.9375rem;
  }
  .next button {
    min-height: 2.75rem;
    padding-inline: 1.75rem;
    border-color: var(--_accent);
    color: var(--_accent);
    font-weight: 600;
  }
  .note {
    margin-block-start: 1rem;
    color: var(--_muted);
    font-size: 0.8125rem;
  }

  @container (min-width: 44rem) {
    form {
      grid-template-columns: repeat(12, minmax(0, 1fr));
      align-items: end;
      gap: 1rem 1.25rem;
    }
    .search, .quick {
      grid-column: 1 / -1;
    }
    .toggle {
      display: none;
    }
    .more, .more.open {
      display: contents;
    }
    .more p {
      grid-column: span 3;
    }
    .quick li label {
      padding-block: 0.6875rem;
    }
    .found {
      margin-block-start: 1.5rem;
      padding-block-end: 0.75rem;
      border-block-end: 1px solid var(--_line);
    }
    .day {
      display: grid;
      grid-template-columns: 9rem minmax(0, 1fr);
      gap: 0 1.25rem;
      margin: 0;
      padding-block: 1.5rem;
      border-block-end: 1px solid var(--_line);
    }
    .found + .day {
      margin: 0;
    }
    .date {
      position: sticky;
      inset-block-start: var(--c3ms-sticky-top, 0.75rem);
      display: grid;
      grid-template-columns: auto minmax(0, 1fr);
      align-self: start;
      column-gap: 0.625rem;
      padding: 0;
      border: 0;
      font-weight: 600;
      line-height: 1.25rem;
    }
    .date .relative {
      grid-column: 1 / -1;
      margin: 0 0 0.25rem;
      line-height: 1.5rem;
    }
    .date .number {
      grid-row: span 2;
      min-width: 2ch;
      font-size: 2.25rem;
      font-weight: 700;
      line-height: 2.5rem;
      letter-spacing: -0.02em;
      font-variant-numeric: tabular-nums;
    }
    .date .weekday {
      grid-column: 2;
    }
    .date .number {
      grid-column: 1;
    }
    .date .weekday, .date .number {
      grid-row: var(--_row, 1);
    }
    .date .number {
      grid-row-end: span 2;
    }
    .date .relative ~ span {
      --_row: 2;
    }
    .date .month {
      grid-column: 2;
      color: var(--_muted);
      font-size: 0.9375rem;
      font-weight: 400;
    }
    .date .weekday {
      font-size: 0.9375rem;
    }
    .occurrence {
      grid-template-columns: 6rem minmax(0, 1fr) minmax(6.5rem, auto);
      column-gap: 1.25rem;
      padding-block: 1rem;
    }
    .occurrence:first-child {
      padding-block-start: 0;
    }
    .occurrence:last-child {
      padding-block-end: 0;
    }
    .price {
      grid-area: 1 / 3;
      margin: 0;
      line-height: 1.5rem;
      text-align: end;
    }
  }
  @container (min-width: 62rem) {
    .search, .quick {
      grid-column: span 6;
    }
    .day {
      grid-template-columns: 10.5rem minmax(0, 1fr);
    }
    .more .place, .more .genre {
      grid-column: span 4;
    }
    .more .from, .more .to {
      grid-column: span 2;
    }
  }

  @media (forced-colors: active) {
    .quick input:checked + label {
      forced-color-adjust: none;
      border-color: Highlight;
      background: Highlight;
      color: HighlightText;
    }
    .genres li {
      border-color: CanvasText;
    }
    .notice {
      border: 1px solid CanvasText;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    .quick label, button, a {
      transition: background-color 0.12s, border-color 0.12s, color 0.12s;
    }
  }
  @media print {
    form, .found button, .next, .notice button {
      display: none !important;
    }
    .occurrence, .date {
      break-inside: avoid;
      position: static !important;
    }
    .date {
      break-after: avoid;
    }
    .title a {
      text-decoration: none;
    }
  }
`;
