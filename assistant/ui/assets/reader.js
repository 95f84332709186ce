// A chat: questions, answers with numbered sources, and the pane that shows a source.
//
// Everything that comes from essays, questions or the model arrives as data and is drawn as text
// nodes; nothing here reads text as HTML, makes a link or names an address. element() is that of
// element.js, which is put in front of this file.
//
// Streamlit calls the default export again for each change of the data, with the same
// parentElement, and the function it returned when the component goes away.

const WIDE_PX = 760; // from here on the pane stands beside the answers, else below the one asked
const chats = new WeakMap();

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  if (!chats.has(parentElement)) chats.set(parentElement, new Chat(parentElement));
  const chat = chats.get(parentElement);
  chat.askForEssay = (span) => setStateValue("essay", span);
  chat.ask = (question) => setTriggerValue("ask", question);
  chat.update(data);
  return () => {
    chat.dispose();
    chats.delete(parentElement);
  };
}

class Chat {
  constructor(parent) {
    this.turns = new Map(); // id -> TurnNode, in the order drawn
    this.welcome = new Slot(element("section", { class: "welcome" }));
    this.list = element("div", { class: "turns" }, [this.welcome.node]);
    this.problem = new Slot(element("div", { class: "problem", role: "alert" }));
    this.pane = new Pane(this);
    this.columns = element("div", { class: "columns" }, [this.list, this.pane.node]);
    this.root = element("div", { class: "chat" }, [this.columns, this.problem.node]);
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.pane.close();
    });
    parent.append(this.root);
    this.resizes = new ResizeObserver(() => this.place());
    this.resizes.observe(this.root);
  }

  dispose() {
    this.resizes.disconnect();
    this.root.remove();
  }

  update(data) {
    this.welcome.fill(data.turns.length ? null : data.welcome, (welcome) =>
      drawWelcome(welcome, (question) => this.ask(question)),
    );
    this.problem.fill(data.problem, (problem) => (problem ? [element("p", {}, [problem])] : []));
    const shown = new Set(data.turns.map((turn) => turn.id));
    for (const [id, node] of this.turns) {
      if (shown.has(id)) continue;
      if (this.pane.isOf(id)) this.pane.close();
      node.root.remove();
      this.turns.delete(id);
    }
    for (const turn of data.turns) {
      if (!this.turns.has(turn.id)) {
        const node = new TurnNode(this, turn.id);
        this.turns.set(turn.id, node);
        this.list.append(node.root);
        this.latest = node;
      }
      this.turns.get(turn.id).update(turn);
    }
    if (this.latest) {
      // A question just asked, or the last one of a chat just opened, is brought into view.
      const { root } = this.latest;
      this.latest = null;
      requestAnimationFrame(() => root.scrollIntoView({ block: "start" }));
    }
    this.pane.update(data.essay);
  }

  // Puts the pane beside the answers or below the one it belongs to.
  place() {
    const isWide = this.root.clientWidth >= WIDE_PX;
    this.root.classList.toggle("wide", isWide);
    this.root.classList.toggle("open", this.pane.isOpen);
    const { isOpen, opener, node } = this.pane;
    if (isWide || !isOpen) {
      if (node.parentNode !== this.columns) this.columns.append(node);
      return;
    }
    const neighbour = opener.source.number ? opener.turn.status.node : opener.turn.passages.node;
    if (neighbour.nextSibling !== node) neighbour.after(node);
  }
}

class TurnNode {
  constructor(chat, id) {
    this.chat = chat;
    this.id = id;
    this.sources = [];
    this.question = new Slot(element("p"));
    this.status = new Slot(element("div", { class: "status", role: "status" }));
    this.sentences = [];
    this.answer = element("p", { class: "answer", "aria-live": "polite" });
    this.notice = new Slot(element("div", { class: "notice" }));
    this.passages = new Slot(element("div", { class: "passages" }));
    this.root = element("article", { class: "turn" }, [
      element("div", { class: "question" }, [
        element("h2", { class: "unseen" }, ["Question"]),
        this.question.node,
      ]),
      element("h2", { class: "unseen" }, ["Answer"]),
      this.notice.node,
      this.answer,
      this.status.node,
      this.passages.node,
    ]);
  }

  update(turn) {
    this.root.dataset.kind = turn.kind;
    this.root.setAttribute("aria-busy", String(turn.kind === "active"));
    this.sources = turn.sources;
    this.question.fill(turn.question, (question) => [question]);
    this.status.fill([turn.status, turn.fraction], drawStatus);
    this.notice.fill(turn.notice, (notice) => (notice ? [element("p", {}, [notice])] : []));
    this.drawSentences(turn.sentences);
    const isAbstention = turn.kind === "abstention";
    this.passages.fill([isAbstention, turn.passages], () =>
      this.drawPassages(isAbstention, turn.passages),
    );
    this.fold(turn.sentences.length > 0);
  }

  // Adds and changes sentences one by one, so that a number in use keeps its focus.
  drawSentences(sentences) {
    while (this.sentences.length > sentences.length) this.sentences.pop().node.remove();
    sentences.forEach((sentence, i) => {
      if (i === this.sentences.length) {
        const slot = new Slot(element("span", { class: "sentence" }));
        this.sentences.push(slot);
        this.answer.append(slot.node);
      }
      const sources = this.sources.filter(({ number }) => sentence.numbers.includes(number));
      this.sentences[i].fill([sentence.text, sources], () => [
        sentence.text,
        ...sources.map((source) => this.citation(source)),
        " ",
      ]);
    });
  }

  citation(source) {
    const { number } = source;
    const button = element(
      "button",
      { class: "cite", "aria-label": `Source ${number}: ${describe(source)}`, title: describe(source) },
      [String(number)],
    );
    button.addEventListener("click", () => this.chat.pane.toggle({ turn: this, source, button }));
    return element("sup", {}, [button]);
  }

  drawPassages(isAbstention, passages) {
    if (!passages.length) return [];
    const heading = isAbstention
      ? "The closest passages. They are not an answer."
      : `${passages.length === 1 ? "1 passage" : `${passages.length} passages`} found`;
    const items = passages.map((source) => {
      const button = element("button", { "aria-label": `Passage: ${describe(source)}` }, [
        element("span", { class: "title" }, [source.title]),
        element("span", { class: "place" }, [source.place]),
        ...(isAbstention ? [element("span", { class: "excerpt" }, [excerpt(source)])] : []),
      ]);
      button.addEventListener("click", () => this.chat.pane.toggle({ turn: this, source, button }));
      return element("li", {}, [button]);
    });
    const list = element("ul", {}, items);
    if (isAbstention) return [element("h3", {}, [heading]), list];
    const attributes = this.isFolded ? {} : { open: "" };
    return [element("details", attributes, [element("summary", {}, [heading]), list])];
  }

  // Folds the passages away once, when there is something better to read.
  fold(isFolded) {
    if (isFolded === Boolean(this.isFolded)) return;
    this.isFolded = isFolded;
    const list = this.passages.node.querySelector("details");
    if (list) list.open = !isFolded;
  }
}

// Shows the passage around a source and, from there, its whole essay.
class Pane {
  constructor(chat) {
    this.chat = chat;
    this.opener = null; // {turn, source, button} while open
    this.isWhole = false;
    this.essay = null;
    this.node = element("aside", { class: "pane", "aria-label": "Source", hidden: "" });
  }

  get isOpen() {
    return this.opener !== null;
  }

  isOf(turnId) {
    return this.isOpen && this.opener.turn.id === turnId;
  }

  toggle(opener) {
    if (this.isOpen && this.opener.button === opener.button) {
      this.close();
      return;
    }
    this.release();
    this.opener = opener;
    opener.button.setAttribute("aria-expanded", "true");
    this.isWhole = false;
    this.draw();
    this.node.querySelector("h2").focus({ preventScroll: true });
  }

  close() {
    if (!this.isOpen) return;
    const { button } = this.opener;
    this.release();
    this.opener = null;
    this.node.hidden = true;
    this.chat.place();
    button.focus({ preventScroll: true });
  }

  // Lets go of the source shown, and of its essay, which Python need not send any longer.
  release() {
    if (!this.isOpen) return;
    this.opener.button.setAttribute("aria-expanded", "false");
    if (this.isWhole) this.chat.askForEssay(null);
    this.isWhole = false;
  }

  update(essay) {
    const isNews = JSON.stringify(essay) !== JSON.stringify(this.essay);
    this.essay = essay;
    if (this.isOpen && this.isWhole && isNews) this.fill();
  }

  showWhole(isWhole) {
    const { source } = this.opener;
    this.isWhole = isWhole;
    const span = { essay_id: source.essay_id, start: source.start, end: source.end };
    this.chat.askForEssay(isWhole ? span : null);
    this.draw();
    this.node.querySelector("h2").focus({ preventScroll: true });
  }

  draw() {
    const { source } = this.opener;
    const shut = element("button", { class: "shut", "aria-label": "Close the source" }, ["✕"]);
    shut.addEventListener("click", () => this.close());
    const turnPage = element("button", { class: "page" }, [
      this.isWhole ? "Back to the passage" : "Read it in the whole essay",
    ]);
    turnPage.addEventListener("click", () => this.showWhole(!this.isWhole));
    // Scrollable text is reached by keyboard too.
    const attributes = { class: "body", tabindex: "0", role: "group", "aria-label": "Its text" };
    this.body = element("div", attributes);
    this.node.replaceChildren(
      element("header", {}, [
        element("h2", { tabindex: "-1" }, [source.number ? `Source ${source.number}` : "Passage"]),
        shut,
      ]),
      element("p", { class: "title" }, [source.title]),
      element("p", { class: "place" }, [join([source.author, source.place])]),
      ...(source.is_partial
        ? [element("p", { class: "partial" }, ["Only a part of this essay is here."])]
        : []),
      this.body,
      turnPage,
    );
    this.node.hidden = false;
    this.chat.place();
    this.fill();
  }

  // Draws the text and brings the cited words into view.
  fill() {
    const { source } = this.opener;
    this.body.replaceChildren(...(this.isWhole ? this.drawEssay(source) : drawPassage(source)));
    this.node.scrollIntoView({ block: "nearest" });
    const cited = this.body.querySelector("mark");
    if (!cited) return;
    // Only the pane scrolls to the words: the answer stays where it is.
    const { top, height } = cited.getBoundingClientRect();
    const frame = this.body.getBoundingClientRect();
    this.body.scrollTop += top - frame.top - Math.max(0, (frame.height - height) / 2);
  }

  drawEssay(source) {
    const { essay } = this;
    const isThis =
      essay &&
      essay.essay_id === source.essay_id &&
      essay.start === source.start &&
      essay.end === source.end;
    if (!isThis) return [element("p", {}, ["Opening the essay …"])];
    if (essay.error) return [element("p", {}, [essay.error])];
    return essay.paragraphs.map((parts) =>
      element(
        "p",
        {},
        parts.map((part) => (part.is_cited ? element("mark", {}, [part.text]) : part.text)),
      ),
    );
  }
}

// A place in the page that is drawn again only when its value changes.
class Slot {
  constructor(node) {
    this.node = node;
  }

  fill(value, draw) {
    const drawn = JSON.stringify(value);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.node.replaceChildren(...(value === null ? [] : draw(value)));
  }
}

function drawWelcome({ heading, text, examples }, ask) {
  const items = examples.map((question) => {
    const button = element("button", {}, [question]);
    button.addEventListener("click", () => ask(question));
    return element("li", {}, [button]);
  });
  return [
    element("h1", {}, [heading]),
    element("p", {}, [text]),
    ...(items.length ? [element("ul", { "aria-label": "Example questions" }, items)] : []),
  ];
}

function drawStatus([status, fraction]) {
  if (!status) return [];
  const bar =
    fraction === null
      ? []
      : [element("progress", { max: "1", value: String(fraction), "aria-label": status })];
  return [element("span", { class: "words" }, [status]), ...bar];
}

function drawPassage({ before, quote, after, number }) {
  return [element("p", {}, [before, number ? element("mark", {}, [quote]) : quote, after])];
}

// The passage without its blank lines.
function excerpt({ quote }) {
  return quote.replace(/\n\s*\n/g, "\n");
}

function describe({ title, author, place }) {
  return join([author ? `${title} by ${author}` : title, place], ", ");
}

function join(parts, separator = " · ") {
  return parts.filter(Boolean).join(separator);
}
