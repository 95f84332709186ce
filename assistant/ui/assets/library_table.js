// The essays of a collection, sorted and filtered as the reader likes; and the one that is read.
const COLUMNS = ["Title", "Author", "Date", "Words", "Format", "State"];
const STATE = 5;
const ROWS_AT_ONCE = 300; // more make a browser slow; a button shows the next ones

class Table {
  constructor(act) {
    this.act = act;
    this.column = -1; // none: in the order they come in
    this.isDescending = false;
    this.wanted = ""; // what the filter holds
    this.state = ""; // the one state to show
    this.most = ROWS_AT_ONCE;
    this.selected = new Set();
    this.rows = new Map(); // id -> Row
    this.order = "";

    this.filter = field("Filter", { hint: "Title, author, file, state …", accept: () => {}, leave: () => this.clear() });
    this.filter.input.type = "search";
    this.filter.input.addEventListener("input", () => {
      this.wanted = this.filter.input.value;
      this.most = ROWS_AT_ONCE;
      this.place();
    });
    this.states = new Slot(element("div", { class: "states", role: "group", "aria-label": "Show" }));
    this.chosen = new Slot(element("div", { class: "chosen" }));
    this.all = element("input", { type: "checkbox", "aria-label": "Choose all that are shown" });
    this.all.addEventListener("change", () => this.chooseAll(this.all.checked));
    this.headings = COLUMNS.map((name, column) => this.drawHeading(name, column));
    this.head = element("tr", {}, [
      element("th", { class: "check" }, [this.all]),
      ...this.headings,
      element("th", { class: "acts" }, [element("span", { class: "unseen" }, ["What can be done"])]),
    ]);
    this.body = element("tbody");
    this.grid = element("table", {}, [
      element("caption", { class: "unseen" }, ["Essays of the collection in use"]),
      element("thead", {}, [this.head]),
      this.body,
    ]);
    this.empty = new Slot(element("div", { class: "empty" }));
    this.more = new Slot(element("div", { class: "more" }));
    this.bar = element("div", { class: "bar" }, [this.filter.node, this.states.node, this.chosen.node]);
    this.list = element("div", {}, [this.bar, this.grid, this.empty.node, this.more.node]);
    this.essay = new Slot(element("article", { class: "essay" }));
    this.root = element("section", { class: "library table", "aria-label": "Essays" }, [this.list, this.essay.node]);
  }

  update(data) {
    this.data = data;
    this.grid.classList.toggle("fixed", !data.can_change);
    const known = new Set(data.rows.map(({ id }) => id));
    for (const [id, row] of this.rows) {
      if (known.has(id)) continue;
      row.node.remove();
      this.rows.delete(id);
      this.selected.delete(id);
    }
    for (const row of data.rows) {
      if (!this.rows.has(row.id)) this.rows.set(row.id, new Row(this));
      this.rows.get(row.id).update(row, data.can_change);
    }
    this.place();
    this.showEssay(data.essay);
  }

  // Puts the rows that are wanted in their order.
  place() {
    const { rows, empty } = this.data;
    const words = fold(this.wanted).split(/\s+/).filter(Boolean);
    if (!rows.some(({ state }) => state === this.state)) this.state = "";
    const kept = rows.filter(
      (row) => (!this.state || row.state === this.state) && words.every((word) => row.found_by.includes(word)),
    );
    if (this.column >= 0) kept.sort((one, other) => this.compare(one, other));
    const shown = kept.slice(0, this.most);
    this.shown = shown.map(({ id }) => id);
    const order = this.shown.join();
    // Moving a row takes the focus from it, so this is done only if something moves.
    if (order !== this.order) this.body.replaceChildren(...this.shown.map((id) => this.rows.get(id).node));
    this.order = order;
    this.grid.hidden = !shown.length;
    this.bar.hidden = !rows.length;
    this.headings.forEach((heading, column) => {
      const way = this.isDescending ? "descending" : "ascending";
      heading.setAttribute("aria-sort", column === this.column ? way : "none");
    });
    this.empty.fill([!rows.length, !kept.length && empty], ([isEmpty]) => {
      if (isEmpty) return empty.map((line) => element("p", {}, [line]));
      return kept.length ? [] : [element("p", {}, ["No essay has these words."]), actButton("Show all", () => this.clear())];
    });
    this.more.fill(kept.length - shown.length, (left) =>
      left ? [actButton(`Show more (${left.toLocaleString("en")} left)`, () => this.showMore())] : [],
    );
    this.drawStates(rows);
    this.drawChosen();
  }

  compare(one, other) {
    const [left, right] = [one.keys[this.column], other.keys[this.column]];
    if (left === right) return 0;
    if (left === null || right === null) return left === null ? 1 : -1;
    return (left < right ? -1 : 1) * (this.isDescending ? -1 : 1);
  }

  drawHeading(name, column) {
    const button = actButton(name, () => {
      this.isDescending = this.column === column && !this.isDescending;
      this.column = column;
      this.place();
    });
    return element("th", { scope: "col", class: name.toLowerCase() }, [button]);
  }

  // One button for each state, where there is more than one.
  drawStates(rows) {
    const counts = new Map();
    for (const { state, state_words: words } of rows) counts.set(state, [words, (counts.get(state)?.[1] ?? 0) + 1]);
    this.states.fill([[...counts], this.state], () => {
      if (counts.size < 2) return [];
      const choices = [["", ["all", rows.length]], ...counts];
      return choices.map(([state, [words, number]]) => {
        const button = actButton(`${words} ${number.toLocaleString("en")}`, () => {
          this.state = state;
          this.place();
          [...this.states.node.children].find((each) => each.getAttribute("aria-pressed") === "true")?.focus();
        });
        button.setAttribute("aria-pressed", String(state === this.state));
        return button;
      });
    });
  }

  drawChosen() {
    const ids = this.shown.filter((id) => this.selected.has(id));
    this.all.checked = ids.length > 0 && ids.length === this.shown.length;
    this.all.indeterminate = ids.length > 0 && !this.all.checked;
    this.chosen.fill(ids, () =>
      ids.length
        ? [actButton(`Remove ${ids.length === 1 ? "the one" : `all ${ids.length}`} chosen`, () => this.remove(ids))]
        : [],
    );
  }

  chooseAll(isChosen) {
    for (const id of this.shown) {
      this.rows.get(id).choose(isChosen);
      if (isChosen) this.selected.add(id);
      else this.selected.delete(id);
    }
    this.drawChosen();
  }

  choose(id, isChosen) {
    if (isChosen) this.selected.add(id);
    else this.selected.delete(id);
    this.drawChosen();
  }

  remove(ids) {
    this.selected.clear();
    // Not twice: they go with the next update.
    for (const id of ids) this.rows.get(id).node.inert = true;
    this.act({ kind: "remove", ids });
    // The button goes away with its row; what comes next is found from here.
    this.filter.input.focus({ preventScroll: true });
  }

  clear() {
    [this.filter.input.value, this.wanted, this.state] = ["", "", ""];
    this.place();
    this.filter.input.focus({ preventScroll: true });
  }

  showMore() {
    this.most += ROWS_AT_ONCE;
    this.place();
  }

  showEssay(essay) {
    const isNews = Boolean(essay) !== this.list.hidden;
    this.list.hidden = Boolean(essay);
    this.essay.fill(essay, (shown) => this.drawEssay(shown));
    if (!isNews) return;
    if (essay) {
      this.opened = essay.id;
      this.essay.node.querySelector("h2").focus({ preventScroll: true });
      this.essay.node.scrollIntoView({ block: "start" });
    } else {
      this.rows.get(this.opened)?.focus();
    }
  }

  drawEssay({ title, about, name, note, paragraphs }) {
    return [
      actButton("← All essays", () => this.act({ kind: "shut" })),
      element("h2", { tabindex: "-1" }, [title]),
      ...[about, name, note].filter(Boolean).map((line) => element("p", { class: "soft" }, [line])),
      element("div", { class: "text" }, paragraphs.map(drawParagraph)),
    ];
  }
}

// As `fold` in assistant/kept_essays/views.py folds the texts that are looked in.
function fold(text) {
  return text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
}
