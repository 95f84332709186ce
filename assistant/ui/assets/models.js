// The Models page: a card for each model, and a line to add one. Text nodes only, as in reader.js.
// element.js and mount.js are put in front of this file.

export default mount(() => new ModelsPage(), { name: "act" });

const LABELS = {
  use: "Use this model",
  measure: "Measure its speed",
  add: "Keep it in the list",
  remove: "Remove from the list",
  delete: "Delete the file",
};
const MAIN_ACTS = ["use", "fetch"];

class ModelsPage {
  constructor() {
    this.cards = new Map();
    this.machine = new Slot(element("p", { class: "soft slot" }));
    this.notice = new Slot(element("div", { class: "slot", role: "alert" }));
    this.list = element("ul", { class: "cards", "aria-label": "Models" });
    this.adding = new Slot(element("div", { class: "slot" }));
    this.news = new Slot(element("p", { class: "slot", role: "status" }));
    this.add = this.makeForm();
    this.root = element("section", { class: "models" }, [
      element("h1", {}, ["Models"]),
      this.machine.node,
      this.notice.node,
      this.list,
      this.add,
    ]);
  }

  act(kind, name = "") {
    this.send({ kind, name });
  }

  makeForm() {
    const input = element("input", {
      "aria-label": "Path of a GGUF file",
      placeholder: "/path/to/a/model.gguf",
      spellcheck: "false",
      autocomplete: "off",
    });
    const button = element("button", {}, ["Add"]);
    button.type = "submit";
    const form = element("form", {}, [input, button]);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!input.value.trim()) return;
      this.act("add", input.value);
      input.value = "";
    });
    return element("section", { class: "add", "aria-label": "Add a model" }, [
      element("h2", {}, ["A model of your own"]),
      element("p", { class: "soft" }, [
        "Give the path of a GGUF file of a chat model. It stays where it is; its digest is remembered, so that you are asked should it ever change.",
      ]),
      form,
      this.adding.node,
      this.news.node,
    ]);
  }

  update({ machine, notice, remedy, problem, cards, adding, add_news: news }) {
    this.machine.fill(machine, (words) => [words]);
    this.notice.fill([notice, remedy, problem], () => [
      ...(notice ? [drawNotice(notice, remedy && this.button(remedy, "insist", "", "main"))] : []),
      ...(problem ? [drawNotice(problem)] : []),
    ]);
    const names = new Set(cards.map(({ name }) => name));
    for (const [name, card] of this.cards) {
      if (names.has(name)) continue;
      card.root.remove();
      this.cards.delete(name);
    }
    cards.forEach((data, place) => {
      const card = this.cards.get(data.name) ?? new Card(this, data.name);
      this.cards.set(data.name, card);
      if (this.list.children[place] !== card.root) this.list.insertBefore(card.root, this.list.children[place] ?? null);
      card.update(data);
    });
    this.adding.fill(adding && adding.stop, () => [(this.addingBar = new Bar(this)).root]);
    if (adding) this.addingBar.update(adding);
    this.news.fill(news, (words) => [words]);
  }

  button(label, kind, name, style = "") {
    const button = element("button", style ? { class: style } : {}, [label]);
    button.addEventListener("click", () => this.act(kind, name));
    return button;
  }
}

class Card {
  constructor(page, name) {
    this.page = page;
    this.name = name;
    this.head = new Slot(element("div", { class: "head" }));
    this.facts = new Slot(element("dl", {}));
    this.progress = new Slot(element("div", { class: "slot" }));
    this.news = new Slot(element("p", { class: "slot", role: "status" }));
    this.acts = new Slot(element("div", { class: "acts slot" }));
    this.root = element("li", { class: "card" }, [
      this.head.node,
      this.facts.node,
      this.progress.node,
      this.news.node,
      this.acts.node,
    ]);
  }

  update(data) {
    const { title, place, badge, is_in_use: isInUse, facts, progress, news, is_bad_news: isBad } = data;
    this.root.classList.toggle("current", isInUse);
    this.root.setAttribute("aria-label", title);
    this.head.fill([title, place, badge], () => [
      element("h2", {}, [title]),
      element("span", { class: "badge" }, [badge]),
      ...(place ? [element("span", { class: "place" }, [place])] : []),
    ]);
    this.facts.fill(facts, () => facts.flatMap(drawFact));
    // The bar stays while its words and its length change, and with it the focus on its button.
    this.progress.fill(progress && progress.stop, () => [(this.bar = new Bar(this.page)).root]);
    if (progress) this.bar.update(progress);
    this.news.node.className = isBad ? "slot bad" : "slot soft";
    this.news.fill(news, (words) => [words]);
    this.acts.fill([data.acts, data.fetch_label, data.question], () => this.drawActs(data));
  }

  drawActs({ acts, fetch_label: fetchLabel, question }) {
    return acts.map((kind) => {
      const label = kind === "fetch" ? fetchLabel : LABELS[kind];
      const style = MAIN_ACTS.includes(kind) ? "main" : "";
      if (kind !== "delete") return this.page.button(label, kind, this.name, style);
      const button = element("button", {}, [label]);
      button.addEventListener("click", () => this.ask(question));
      return button;
    });
  }

  // Asked in the place of the buttons, which come back with "Keep it" or with the next change.
  ask(question) {
    const keep = element("button", {}, ["Keep it"]);
    const before = [...this.acts.node.childNodes];
    keep.addEventListener("click", () => {
      this.acts.node.replaceChildren(...before);
      before[0]?.focus();
    });
    this.acts.node.replaceChildren(
      element("p", {}, [question]),
      this.page.button("Delete it", "delete", this.name, "main"),
      keep,
    );
    keep.focus();
  }
}

// How far something is, with a button that stops it.
class Bar {
  constructor(page) {
    this.words = element("p", { role: "status" });
    this.bar = element("progress", { max: "1" });
    this.stop = element("button", {}, ["Stop"]);
    this.stop.addEventListener("click", () => page.act(this.kind));
    this.root = element("div", { class: "progress" }, [this.words, this.bar, this.stop]);
  }

  update({ message, fraction, stop }) {
    this.kind = stop;
    if (this.words.textContent !== message) this.words.textContent = message;
    this.bar.value = fraction;
    this.bar.setAttribute("aria-label", message);
  }
}

function drawFact({ label, text, is_warning: isWarning }) {
  return [element("dt", {}, [label]), element("dd", isWarning ? { class: "warning" } : {}, [text])];
}

function drawNotice(words, button) {
  return element("div", { class: "notice" }, [element("p", {}, [words]), ...(button ? [button] : [])]);
}
