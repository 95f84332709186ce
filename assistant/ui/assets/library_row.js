// An essay of the table, or a file that could not be added.
class Row {
  constructor(table) {
    this.table = table;
    this.isEditing = false;
    this.cells = new Slot(element("tr"));
    this.node = this.cells.node;
  }

  update(row, canChange) {
    this.row = row;
    this.canChange = canChange;
    this.node.inert = false;
    // What is being typed stays until it is saved or left.
    if (this.isEditing) return;
    this.node.className = row.state;
    this.cells.fill([row, canChange], () => this.draw());
  }

  draw() {
    const { row } = this;
    const { state, reason } = row;
    const isFailed = state === "failed";
    const title = isFailed || !row.can_open
      ? element("span", { class: "name" }, [row.title])
      : actButton(row.title, () => this.table.act({ kind: "open", id: row.id }), { kind: "name" });
    const file = isFailed || row.name === row.title ? [] : [element("span", { class: "soft origin" }, [row.name])];
    const why = reason ? [element("p", { class: "reason" }, [reason])] : [];
    const cell = (name, children) => element("td", { class: name, "data-name": name }, children);
    return [
      element("td", { class: "check" }, this.canChange ? [this.drawCheck()] : []),
      cell("title", [title, ...file, ...why]),
      ...["author", "date", "words", "format"].map((name) => cell(name, row[name] ? [row[name]] : [])),
      cell("state", [element("span", {}, [row.state_words])]),
      element("td", { class: "acts" }, this.canChange ? this.drawActs(isFailed) : []),
    ];
  }

  drawCheck() {
    const { id, title } = this.row;
    this.check = element("input", { type: "checkbox", "aria-label": `Choose ${title}` });
    this.check.checked = this.table.selected.has(id);
    this.check.addEventListener("change", () => this.table.choose(id, this.check.checked));
    return this.check;
  }

  drawActs(isFailed) {
    const { id, title } = this.row;
    const remove = () => this.table.remove([id]);
    if (isFailed) return [actButton("Dismiss", remove, { name: `Dismiss ${title}` })];
    return [
      actButton("Correct", () => this.edit(), { name: `Correct title and author of ${title}`, kind: "correct" }),
      actButton("Remove", remove, { name: `Remove ${title}` }),
    ];
  }

  choose(isChosen) {
    if (this.check) this.check.checked = isChosen;
  }

  focus() {
    this.node.querySelector("button.name")?.focus();
  }

  edit() {
    this.isEditing = true;
    const { id, title, author } = this.row;
    const leave = () => this.leave();
    const save = () => {
      const [newTitle, newAuthor] = [titleField, authorField].map(({ input }) => input.value.trim());
      if (newTitle !== title || newAuthor !== author) {
        this.table.act({ kind: "correct", id, title: newTitle, author: newAuthor });
      }
      leave();
    };
    const titleField = field("Title", { value: title, accept: save, leave });
    const authorField = field("Author", { value: author, accept: save, leave });
    const edited = element("td", { class: "edited", colspan: "8" }, [
      element("div", {}, [
        titleField.node,
        authorField.node,
        actButton("Save", save, { kind: "main" }),
        actButton("Cancel", leave),
      ]),
    ]);
    this.cells.fill(["editing", id], () => [edited]);
    titleField.input.focus();
  }

  leave() {
    this.isEditing = false;
    this.update(this.row, this.canChange);
    this.node.querySelector("button.correct")?.focus();
  }
}
