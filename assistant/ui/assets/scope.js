// The choice of the essays that are asked. Text nodes only, as in reader.js. The scripts named
// in scope_panel.py are put in front of this file.

const FEW = 8; // with more to choose from there is a field to filter them by

export default mount(() => new Scope());

class Scope {
  constructor() {
    this.outbox = new Outbox();
    this.chosen = new Set();
    this.summary = new Slot(element("summary"));
    this.filter = element("input", { type: "search", "aria-label": "Filter essays and authors", placeholder: "Filter" });
    this.filter.addEventListener("input", () => this.narrow());
    this.none = element("p", { class: "soft", role: "status" });
    this.all = element("button", {}, ["Ask all essays"]);
    this.all.addEventListener("click", () => {
      this.choose([]);
      this.summary.node.focus();
    });
    this.lists = new Slot(element("div", { class: "lists" }));
    this.root = element("details", { class: "scope" }, [
      this.summary.node,
      element("div", { class: "choice" }, [
        element("div", { class: "head" }, [this.filter, this.all]),
        this.none,
        this.lists.node,
      ]),
    ]);
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.root.open) return;
      event.stopPropagation(); // the essay beside the chat stays open
      this.root.open = false;
      this.summary.node.focus();
    });
  }

  update(data) {
    // What was chosen since is newer than what is told now.
    if (!this.outbox.acts.length) this.chosen = new Set(data.chosen);
    this.known = [...data.authors, ...data.essays].map(({ value }) => value);
    this.summary.fill(data.summary, (summary) => [summary]);
    this.root.classList.toggle("limited", data.is_limited);
    this.all.hidden = !this.chosen.size;
    this.filter.hidden = this.known.length <= FEW;
    this.lists.fill([data.authors, data.essays], () => [
      ...this.drawList("Authors", data.authors),
      ...this.drawList("Essays", data.essays),
    ]);
    this.narrow();
    this.tick();
  }

  drawList(legend, choices) {
    if (!choices.length) return [];
    const rows = choices.map(({ value, name, about }) => {
      const box = element("input", { type: "checkbox", value });
      box.addEventListener("change", () => {
        const others = this.known.filter((one) => this.chosen.has(one) && one !== value);
        this.choose(box.checked ? [...others, value] : others);
      });
      return element("label", {}, [
        box,
        element("span", {}, [name, " ", element("span", { class: "soft" }, [about])]),
      ]);
    });
    return [element("fieldset", {}, [element("legend", {}, [legend]), ...rows])];
  }

  choose(values) {
    this.chosen = new Set(values);
    this.all.hidden = !values.length;
    this.tick();
    this.send(this.outbox.add({ kind: "choose", values }));
  }

  tick() {
    for (const box of this.lists.node.querySelectorAll("input")) box.checked = this.chosen.has(box.value);
  }

  // Hides what does not hold the letters typed; what is chosen stays chosen.
  narrow() {
    const wanted = this.filter.hidden ? "" : this.filter.value.trim().toLowerCase();
    let shown = 0;
    for (const list of this.lists.node.children) {
      const rows = [...list.querySelectorAll("label")];
      for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
      const left = rows.filter((row) => !row.hidden).length;
      list.hidden = !left;
      shown += left;
    }
    this.none.textContent = shown ? "" : "No essay and no author has these letters.";
  }
}
