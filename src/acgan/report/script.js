// Tables sort by a click on a heading and filter by the search box above them. The page is complete without this, but for
// tables of more classes than a hundred: they hold the first hundred, and more come as they are scrolled to, from explore/data.js.
"use strict";

const WINDOW = 100;

function cellValue(row, column) {
  const cell = row.cells[column];
  const text = cell.dataset.value ?? cell.textContent.trim();
  const number = Number(text.replaceAll(",", ""));
  return text === "" || Number.isNaN(number) ? text : number;
}

function compare(a, b) {
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });
}

function turned(heading) {
  const direction = heading.getAttribute("aria-sort") === "ascending" ? -1 : 1;
  for (const other of heading.parentElement.cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
  return direction;
}

function sortBy(table, heading) {
  const column = heading.cellIndex;
  const direction = turned(heading);
  const rows = Array.from(table.tBodies[0].rows, (row) => [cellValue(row, column), row]);
  rows.sort((a, b) => direction * compare(a[0], b[0]));
  table.tBodies[0].append(...rows.map((pair) => pair[1]));
}

function filter(table, wanted) {
  for (const row of table.tBodies[0].rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
}

// A table whose rows are data, of which those are drawn that somebody scrolls to.
class Windowed {
  constructor(table) {
    this.table = table;
    this.template = table.tBodies[0].rows[0];
    this.limit = WINDOW;
    table.closest(".scroll").addEventListener("scroll", (event) => {
      const box = event.target;
      if (this.shown && box.scrollTop + 2 * box.clientHeight > box.scrollHeight && this.limit < this.shown.length) this.draw((this.limit += WINDOW));
    });
    window.addEventListener("beforeprint", () => this.shown && this.draw(Infinity));
  }

  async rows() {
    if (!this.all) {
      await dataOfClasses();
      const { columns, suites, classes } = window.ACGAN;
      const of = (row, name) => row[columns.indexOf(name)];
      this.all = suites[this.table.dataset.suite].rows.map((row) => {
        const [samples, real, accuracy] = ["ms_ssim", "real", "accuracy"].map((name) => of(row, name));
        return [classes[of(row, "class")], of(row, "model"), samples, real ?? -1, accuracy ?? -1, of(row, "collapsed") ? "yes" : "no", of(row, "class")];
      });
      this.all.sort((a, b) => b[2] - a[2]);
      this.shown ??= this.all;
    }
    return this.all;
  }

  draw(limit) {
    const suite = this.table.dataset.suite;
    const share = (x) => (x < 0 ? "–" : `${Number((100 * x).toPrecision(3))}%`);
    this.table.tBodies[0].replaceChildren(...this.shown.slice(0, limit).map(([name, model, samples, real, accuracy, collapsed, id]) => {
      const row = this.template.cloneNode(true), cells = row.cells, bar = cells[2].querySelector(".bar");
      row.hidden = false;
      [[cells[0], name, `class.html#${suite}/${encodeURIComponent(id)}`], [cells[1], model, `model.html#${suite}/${model}`]].forEach(([cell, text, href]) => {
        cell.replaceChildren(Object.assign(document.createElement("a"), { textContent: text, href }));
      });
      bar.className = collapsed === "yes" ? "bar over" : "bar";
      bar.firstChild.style.width = `${Math.round(100 * samples)}%`;
      cells[2].replaceChildren(bar, ` ${samples.toFixed(3)}`);
      cells[3].textContent = real < 0 ? "–" : real.toFixed(3);
      cells[4].textContent = share(accuracy);
      cells[5].replaceChildren(collapsed === "yes" ? Object.assign(document.createElement("b"), { className: "yes", textContent: "yes" }) : "no");
      [samples, real, accuracy].forEach((value, i) => { cells[i + 2].dataset.value = value; });
      return row;
    }));
  }

  async sort(heading) {
    const column = heading.cellIndex, direction = turned(heading);
    await this.rows();
    this.shown = [...this.shown].sort((a, b) => direction * compare(a[column], b[column]));
    this.draw((this.limit = WINDOW));
  }

  async filter(wanted) {
    const all = await this.rows();
    this.shown = all.filter((row) => [row[0], row[1]].some((text) => text.toLowerCase().includes(wanted)));
    this.draw((this.limit = WINDOW));
  }
}

let loading;
function dataOfClasses() {
  loading ??= new Promise((resolve, reject) => {
    document.head.append(Object.assign(document.createElement("script"), { src: "explore/data.js", onload: resolve, onerror: reject }));
  });
  return loading;
}

const windowed = new Map(Array.from(document.querySelectorAll("table[data-suite]"), (table) => [table, new Windowed(table)]));
if (windowed.size) window.addEventListener("load", () => setTimeout(() => { for (const table of windowed.values()) table.rows(); }, 200));

for (const table of document.querySelectorAll("table.sortable")) {
  const act = (heading) => (windowed.has(table) ? windowed.get(table).sort(heading) : sortBy(table, heading));
  for (const heading of table.tHead.rows[0].cells) {
    heading.tabIndex = 0;
    heading.title = "Sort by this column";
    heading.addEventListener("click", () => act(heading));
    heading.addEventListener("keydown", (event) => {
      if (event.key === "Enter") act(heading);
    });
  }
}

for (const box of document.querySelectorAll("input.search")) {
  const table = document.getElementById(box.dataset.table);
  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLowerCase();
    if (windowed.has(table)) windowed.get(table).filter(wanted);
    else filter(table, wanted);
  });
}
