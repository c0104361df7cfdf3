// Tables sort by a click on a heading and filter by the search box above them. The page is complete without this.
"use strict";

function cellValue(row, column) {
  const cell = row.cells[column];
  const text = cell.dataset.value ?? cell.textContent.trim();
  const number = Number(text.replaceAll(",", ""));
  return text === "" || Number.isNaN(number) ? text : number;
}

function compare(a, b) {
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });
}

function sortBy(table, heading) {
  const column = heading.cellIndex;
  const direction = heading.getAttribute("aria-sort") === "ascending" ? -1 : 1;
  const rows = Array.from(table.tBodies[0].rows, (row) => [cellValue(row, column), row]);
  rows.sort((a, b) => direction * compare(a[0], b[0]));
  table.tBodies[0].append(...rows.map((pair) => pair[1]));
  for (const other of heading.parentElement.cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
}

for (const table of document.querySelectorAll("table.sortable")) {
  for (const heading of table.tHead.rows[0].cells) {
    heading.tabIndex = 0;
    heading.title = "Sort by this column";
    heading.addEventListener("click", () => sortBy(table, heading));
    heading.addEventListener("keydown", (event) => {
      if (event.key === "Enter") sortBy(table, heading);
    });
  }
}

for (const box of document.querySelectorAll("input.search")) {
  const rows = Array.from(document.getElementById(box.dataset.table).tBodies[0].rows, (row) => [row.textContent.toLowerCase(), row]);
  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLowerCase();
    for (const [text, row] of rows) row.hidden = !text.includes(wanted);
  });
}
