// `console.table`.

import { getStringWidth, inspect } from "__wasm_rquickjs_builtin/internal/util/inspect";

const INDEX = "(index)";
const ITERATION_INDEX = "(iteration index)";
const KEY = "Key";
const VALUES = "Values";

/** One value of a cell. */
function show(value) {
  const depth = value !== null && typeof value === "object" && !Array.isArray(value) && Object.keys(value).length > 2 ? -1 : 0;
  return inspect(value, { maxArrayLength: 3, breakLength: Infinity, depth, colors: false });
}

const isPrimitive = (value) => value === null || (typeof value !== "object" && typeof value !== "function");

function draw(head, columns) {
  const rows = Math.max(...columns.map((column) => column.length), 0);
  const widths = columns.map((column, index) =>
    Math.max(getStringWidth(head[index]), ...column.map((cell) => getStringWidth(cell ?? ""))) + 2);
  const line = (cells) => {
    const shown = cells.map((cell, index) => ` ${cell ?? ""}${" ".repeat(widths[index] - 1 - getStringWidth(cell ?? ""))}`);
    return `│${shown.join("│")}│`;
  };
  const rule = (left, middle, right) => left + widths.map((width) => "─".repeat(width)).join(middle) + right;
  const out = [rule("┌", "┬", "┐"), line(head), rule("├", "┼", "┤")];
  for (let row = 0; row < rows; row++) out.push(line(columns.map((column) => column[row])));
  out.push(rule("└", "┴", "┘"));
  return out.join("\n");
}

/** The table of `data`, limited to the columns `properties`. */
export function table(data, properties) {
  if (data instanceof Map) {
    const entries = [...data];
    return draw([ITERATION_INDEX, KEY, VALUES],
      [entries.map((_, index) => `${index}`), entries.map(([key]) => show(key)), entries.map(([, value]) => show(value))]);
  }
  if (data instanceof Set) {
    const values = [...data];
    return draw([ITERATION_INDEX, VALUES], [values.map((_, index) => `${index}`), values.map(show)]);
  }
  // An object: columns named by numbers come first, as in Node.
  const columns = Object.create(null);
  const primitives = [];
  let hasPrimitives = false;
  const rows = Object.keys(data);
  rows.forEach((row, index) => {
    const item = data[row];
    if (isPrimitive(item) || (typeof item === "function" && Object.keys(item).length === 0)) {
      hasPrimitives = true;
      primitives[index] = show(item);
      return;
    }
    for (const key of properties ?? Object.keys(item)) {
      columns[key] ??= [];
      columns[key][index] = Object.hasOwn(item, key) ? show(item[key]) : "";
    }
  });
  const full = (list) => Array.from({ length: rows.length }, (_, index) => list[index]);
  const head = [INDEX, ...Object.keys(columns)];
  const cells = [rows, ...Object.values(columns).map(full)];
  if (hasPrimitives) {
    head.push(VALUES);
    cells.push(full(primitives));
  }
  return draw(head, cells);
}
