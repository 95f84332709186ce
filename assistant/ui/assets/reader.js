// A chat: questions, answers with numbered sources, and the pane that shows a source.
//
// Everything that comes from essays, questions or the model arrives as data and is drawn as text
// nodes; nothing here reads text as HTML, makes a link or names an address. The scripts that
// READER_SCRIPTS in components.py names are put in front of this file.
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
  chat.act = (kind, turn, value) => setTriggerValue("act", { kind, turn, value: String(value) });
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
    this.toolbar = new Slot(element("div", { class: "toolbar" }));
    this.list = element("div", { class: "turns" }, [this.toolbar.node, this.welcome.node]);
    this.problem = new Slot(element("div", { class: "problem", role: "alert" }));
    this.pane = new Pane(this);
    this.columns = element("div", { class: "columns" }, [this.list, this.pane.node]);
    this.keys = drawKeys();
    this.root = element("div", { class: "chat" }, [
      this.columns,
      this.problem.node,
      this.keys.node,
    ]);
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
    this.toolbar.fill(data.toolbar, (toolbar) =>
      drawToolbar(toolbar, (kind, value = "") => this.act(kind, "", value)),
    );
    if (data.download && data.download.id !== this.saved) {
      this.saved = data.download.id;
      saveDownload(data.download);
    }
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
