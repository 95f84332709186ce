// The collections: which is in use, a new one, another name, away with one; what can be undone.
class Shelf {
  constructor(act) {
    this.act = act;
    this.asking = ""; // "create" or "rename" while its name is typed
    this.list = new Slot(element("ul", { class: "collections", "aria-label": "Collections" }));
    this.tools = new Slot(element("div", { class: "tools" }));
    this.summary = new Slot(element("p", { class: "summary", role: "status" }));
    this.news = new Slot(element("div", { class: "news", role: "status" }));
    this.problem = new Slot(element("div", { class: "problem", role: "alert" }));
    this.root = element("section", { class: "library shelf" }, [
      element("h1", {}, ["Library"]),
      this.list.node,
      this.tools.node,
      this.summary.node,
      this.problem.node,
      this.news.node,
    ]);
  }

  update(data) {
    this.data = data;
    this.list.fill([data.collections, data.in_use], () => this.drawCollections(data));
    this.drawTools();
    this.summary.fill(data.summary, (summary) => [summary]);
    this.problem.fill(data.problem, (problem) => (problem ? this.drawProblem(problem) : []));
    this.news.fill([data.notice, data.undo], ([notice, undo]) => this.drawNews(notice, undo));
  }

  drawCollections({ collections, in_use: inUse }) {
    return collections.map(({ id, name, size }) => {
      const isCurrent = id === inUse;
      const button = actButton("", () => this.act({ kind: "use", id }), { kind: "collection" });
      button.append(element("span", { class: "name" }, [name]), element("span", { class: "soft" }, [size]));
      if (isCurrent) button.setAttribute("aria-current", "true");
      return element("li", {}, [button]);
    });
  }

  drawTools() {
    const current = this.data.collections.find(({ id }) => id === this.data.in_use);
    this.tools.fill([this.data.can_change, this.asking, current], () => {
      if (!this.data.can_change) return [];
      if (this.asking) return this.drawForm(current);
      const ask = (kind) => () => this.ask(kind);
      const own = [
        actButton("Rename", ask("rename"), { name: `Rename the collection ${current?.name}` }),
        actButton("Remove", () => this.act({ kind: "remove_collection", id: current.id }), {
          name: `Remove the collection ${current?.name}`,
        }),
      ];
      return [
        actButton("New collection", ask("create")),
        ...(current && !current.is_builtin ? own : []),
      ];
    });
  }

  ask(kind) {
    this.asking = kind;
    this.drawTools();
    (this.tools.node.querySelector("input") ?? this.tools.node.querySelector("button"))?.focus();
  }

  drawForm(current) {
    const isNew = this.asking === "create";
    const leave = () => this.ask("");
    const accept = (typed) => {
      const name = typed.trim();
      if (!name) return;
      this.act(isNew ? { kind: "create", name } : { kind: "rename", id: current.id, name });
      leave();
    };
    const { input, node } = field(isNew ? "Name of the new collection" : "New name", {
      value: isNew ? "" : current.name,
      accept,
      leave,
    });
    return [
      node,
      actButton(isNew ? "Create" : "Save", () => accept(input.value), { kind: "main" }),
      actButton("Cancel", leave),
    ];
  }

  drawProblem(problem) {
    const shut = actButton("✕", () => this.act({ kind: "forget_problem" }), {
      name: "Close this message",
      kind: "plain",
    });
    return [element("p", {}, [problem]), shut];
  }

  drawNews(notice, undo) {
    const line = (text, buttons) => element("div", { class: "line" }, [element("p", {}, [text]), ...buttons]);
    const forget = actButton("✕", () => this.act({ kind: "forget_undo" }), {
      name: "Close this message",
      kind: "plain",
    });
    return [
      ...(notice ? [line(notice, [])] : []),
      ...(undo ? [line(undo, [actButton("Undo", () => this.act({ kind: "undo" }), { kind: "main" }), forget])] : []),
    ];
  }
}

// The watched folders of the collection in use, and the field to name one.
class Folders {
  constructor(act) {
    this.act = act;
    this.list = new Slot(element("ul", { "aria-label": "Watched folders" }));
    const watch = () => {
      const folder = this.entry.input.value.trim();
      if (!folder) return;
      this.act({ kind: "watch", folder });
      this.entry.input.value = "";
    };
    this.entry = field("Or watch a folder", {
      hint: "For example ~/Documents/Essays",
      accept: watch,
    });
    this.hint = new Slot(element("p", { class: "soft" }));
    this.root = element("section", { class: "library folders" }, [
      element("div", { class: "row" }, [this.entry.node, actButton("Watch", watch, { kind: "main" })]),
      this.hint.node,
      this.list.node,
    ]);
  }

  update({ folders, hint }) {
    this.hint.fill(hint, (text) => [text]);
    this.list.fill(folders, () =>
      folders.map((folder) =>
        element("li", {}, [
          element("span", { class: "path" }, [folder]),
          actButton("Stop watching", () => this.act({ kind: "unwatch", folder }), {
            name: `Stop watching ${folder}`,
          }),
        ]),
      ),
    );
  }
}
