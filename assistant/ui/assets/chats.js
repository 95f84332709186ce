// The list of the saved chats: by day, searched, each opened, renamed, deleted and brought back.
// The scripts named in chat_list.py are put in front of this file. Titles become text nodes.

const SEARCH_MS = 250; // so long is waited for the next letter

export default mount(() => new ChatList(), { setter: "setStateValue" });

class ChatList {
  constructor() {
    this.outbox = new Outbox();
    this.unfolded = ""; // the chat whose acts are shown
    this.renaming = ""; // the chat whose name is being typed
    this.leaving = new Set(); // those deleted just now, which Python still has in the list
    this.search = element("input", {
      type: "search",
      placeholder: "Search the chats",
      "aria-label": "Search the chats: titles, questions and answers",
    });
    this.search.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.act("search", "", this.search.value), SEARCH_MS);
    });
    // What is typed here means nothing to the page around.
    this.search.addEventListener("keydown", (event) => event.stopPropagation());
    this.count = new Slot(element("p", { class: "soft", role: "status" }));
    this.undo = new Slot(element("div", { class: "undo", role: "status" }));
    this.problem = new Slot(element("p", { class: "failed", role: "alert" }));
    this.days = new Slot(element("div", { class: "days" }));
    this.whole = new Slot(element("div"));
    this.removed = new Slot(element("div"));
    this.root = element("section", { class: "panel chats", "aria-label": "Chats" }, [
      element("h2", {}, ["Chats"]),
      this.search,
      this.count.node,
      this.problem.node,
      this.undo.node,
      this.days.node,
      this.whole.node,
      this.removed.node,
    ]);
    this.days.node.addEventListener("keydown", (event) => this.press(event));
  }

  act(kind, id, value = "") {
    this.send(this.outbox.add({ kind, id, value }));
  }

  update(data) {
    this.data = data;
    if (data.problem) this.leaving.clear();
    for (const { id } of data.removed) this.leaving.delete(id);
    const isEmpty = !data.n_chats && !data.search && !data.removed.length;
    this.root.hidden = isEmpty;
    const typed = this.root.getRootNode().activeElement === this.search;
    if (!typed && this.search.value !== data.search) this.search.value = data.search;
    this.search.hidden = !data.n_chats && !data.search;
    this.count.fill(data.count, (count) => [count]);
    this.problem.fill(data.problem, (problem) => [problem]);
    this.undo.fill(data.undo, ({ id, title }) => [
      element("span", {}, [`Deleted “${title}”. `]),
      this.button("Undo", () => this.act("restore", id), { class: "link" }),
    ]);
    this.draw();
    const { n_chats: count, max_chats: max, is_whole: isWhole } = data;
    this.whole.fill([count, max, isWhole], () =>
      count > max
        ? [
            this.button(
              isWhole ? "Show only the latest" : `Show all ${count} chats`,
              () => this.act("whole", "", !isWhole),
              { class: "link", "aria-expanded": String(isWhole) },
            ),
          ]
        : [],
    );
    const isOpen = this.removed.node.querySelector("details")?.open ?? false;
    this.removed.fill(data.removed, (removed) => this.drawRemoved(removed, isOpen));
  }

  // Whoever stands on a chat stands on it still when others come and go.
  draw() {
    const chat = this.root.getRootNode().activeElement?.dataset.chat;
    const days = this.data.days
      .map(({ name, chats }) => ({ name, chats: chats.filter(({ id }) => !this.leaving.has(id)) }))
      .filter(({ chats }) => chats.length);
    this.days.fill([days, this.unfolded, this.renaming], () =>
      days.flatMap(({ name, chats }) => [
        element("h3", {}, [name]),
        element("ul", { "aria-label": name }, chats.map((chat) => this.drawChat(chat))),
      ]),
    );
    if (chat) this.focus(chat);
  }

  drawChat({ id, title, is_current: isCurrent }) {
    if (this.renaming === id) return element("li", {}, [this.drawNaming(id, title)]);
    const isUnfolded = this.unfolded === id;
    const open = this.button("", () => this.act("open", id), {
      class: "open",
      title,
      "data-chat": id,
      ...(isCurrent ? { "aria-current": "page" } : {}),
    });
    open.append(element("span", { class: "name" }, [title]));
    const more = this.button("⋯", () => this.unfold(isUnfolded ? "" : id), {
      class: "more",
      "aria-label": `Rename or delete “${title}”`,
      "aria-expanded": String(isUnfolded),
    });
    const acts = element("div", { class: "acts" }, [
      this.button("Rename", () => this.rename(id)),
      this.button("Delete", () => this.remove(id)),
    ]);
    return element("li", {}, [
      element("div", { class: "row" }, [open, more]),
      ...(isUnfolded ? [acts] : []),
    ]);
  }

  drawNaming(id, title) {
    const input = element("input", { "aria-label": `The new name of “${title}”`, maxlength: "120" });
    input.value = title;
    const form = element("form", { class: "naming" }, [
      input,
      element("button", {}, ["Save"]),
      this.button("Cancel", () => this.stopRenaming()),
    ]);
    form.querySelector("button").type = "submit";
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (input.value.trim() !== title) this.act("rename", id, input.value);
      this.stopRenaming();
    });
    return form;
  }

  drawRemoved(removed, isOpen) {
    if (!removed.length) return [];
    const items = removed.map(({ id, title }) =>
      element("li", { class: "row" }, [
        element("span", { class: "name", title }, [title]),
        this.button("Restore", () => this.act("restore", id), {
          class: "link",
          "aria-label": `Restore “${title}”`,
        }),
      ]),
    );
    return [
      element("details", isOpen ? { open: "" } : {}, [
        element("summary", {}, [`Deleted chats (${removed.length})`]),
        element("p", { class: "soft" }, ["They are kept for 30 days."]),
        element("ul", {}, items),
      ]),
    ];
  }

  button(label, press, attributes = {}) {
    const button = element("button", attributes, label ? [label] : []);
    button.addEventListener("click", press);
    return button;
  }

  unfold(id) {
    this.unfolded = id;
    this.draw();
  }

  rename(id) {
    this.renaming = id;
    this.unfolded = "";
    this.draw();
    const input = this.days.node.querySelector(".naming input");
    input.focus();
    input.select();
  }

  stopRenaming() {
    const id = this.renaming;
    this.renaming = "";
    this.draw();
    this.focus(id);
  }

  remove(id) {
    // Whoever goes on by keyboard goes on from the next chat.
    const ids = this.opens().map((one) => one.dataset.chat);
    const at = ids.indexOf(id);
    this.unfolded = "";
    this.leaving.add(id);
    this.focus(ids[at + 1] ?? ids[at - 1] ?? "");
    this.draw();
    this.act("remove", id);
  }

  opens() {
    return [...this.days.node.querySelectorAll(".open")];
  }

  focus(id) {
    this.opens()
      .find((one) => one.dataset.chat === id)
      ?.focus();
  }

  press(event) {
    if (this.renaming) {
      if (event.key === "Escape") this.stopRenaming();
      event.stopPropagation();
      return;
    }
    const opens = this.opens();
    const at = opens.indexOf(event.target.closest(".open"));
    const act = {
      ArrowDown: () => opens[at + 1]?.focus(),
      ArrowUp: () => opens[at - 1]?.focus(),
      F2: () => this.rename(opens[at].dataset.chat),
      Delete: () => this.remove(opens[at].dataset.chat),
    }[event.key];
    if (at < 0 || !act) return;
    event.preventDefault();
    act();
  }
}
