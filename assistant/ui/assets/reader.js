// A chat: questions, answers with numbered sources, and the pane that shows an essay.
//
// Everything that comes from essays, questions or the model arrives as data and is drawn as text
// nodes; nothing here reads text as HTML. Links are made of names and numbers, and lead to this
// page. The scripts named in components.py are put in front of this file.

const WIDE_PX = 760; // from here on the pane stands beside the answers, else below the one asked
const TOP_PX = 60; // Streamlit's bar above the page
const chats = new Set(); // all that there are now, the latest one last
const announced = new Set(); // ids of the turns whose end was said aloud since the page was loaded

export default mount((_, parent) => new Chat(parent));

// Streamlit leaves the chat that was shown before below a new one until the page is all drawn: two
// chats in sight, and to those who hear the page.
function showLatest() {
  const all = [...chats];
  const latest = all.pop();
  for (const before of all) before.root.remove();
  if (latest && !latest.root.isConnected) latest.parent.append(latest.root);
}

class Chat {
  constructor(parent) {
    this.parent = parent;
    this.outbox = new Outbox();
    this.turns = new Map(); // id -> TurnNode, in the order drawn
    this.active = new Set(); // ids of the turns that were under way
    this.openers = new Map(); // link or button -> {turnId, source} that it opens
    this.address = {};
    this.welcome = new Slot(element("section", { class: "welcome" }));
    this.toolbar = new Slot(element("div", { class: "toolbar" }));
    this.keys = drawKeys();
    const top = element("div", { class: "top" }, [this.toolbar.node, this.keys.node]);
    this.list = element("div", { class: "turns" }, [top, this.welcome.node]);
    this.problem = new Slot(element("div", { class: "problem", role: "alert" }));
    this.preview = new Preview();
    this.pane = new Pane(this);
    this.columns = element("div", { class: "columns" }, [this.list, this.pane.node]);
    this.news = element("div", { class: "unseen", role: "status" });
    this.root = element("div", { class: "chat" }, [
      this.columns,
      this.problem.node,
      this.preview.node,
      this.news,
    ]);
    chats.add(this);
    showLatest();
    this.resizes = new ResizeObserver(() => this.place());
    this.resizes.observe(this.root);
    this.below = document.querySelector('[data-testid="stBottom"]');
    if (this.below) this.resizes.observe(this.below);
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    // The keys work wherever one stands on the page, but for fields that are written in.
    document.addEventListener("keydown", (event) => this.press(event), { signal });
    const unsettle = () => this.preview.hide(0);
    window.addEventListener("resize", () => this.place(), { signal });
    document.addEventListener("scroll", unsettle, { signal, capture: true, passive: true });
  }

  dispose() {
    this.listeners.abort();
    this.resizes.disconnect();
    chats.delete(this);
    showLatest();
  }

  // Tells Python what the reader does; see chat.py for the kinds.
  act(kind, turn = "", value = "") {
    this.send(this.outbox.add({ kind, turn, value: String(value) }));
  }

  // Whether the reader has opened or closed something that Python does not know of yet.
  get isAhead() {
    return this.outbox.acts.some(({ kind }) => kind === "open" || kind === "close");
  }

  say(words) {
    this.news.textContent = words;
  }

  press(event) {
    if (!this.root.isConnected) return;
    const { key } = event;
    const isCombined = event.metaKey || (event.ctrlKey && !event.altKey);
    if (key === "Escape") {
      if (this.preview.isShown) this.preview.hide(0);
      else this.pane.close();
      return;
    }
    const [target] = event.composedPath();
    if (isCombined || target.isContentEditable || target.matches?.("input, textarea, select")) return;
    const keys = {
      "[": () => this.step(-1),
      "]": () => this.step(1),
      "?": () => this.keys.open(),
      "/": () => document.querySelector('[data-testid="stChatInputTextArea"]')?.focus(),
    };
    if (!Object.hasOwn(keys, key)) return;
    event.preventDefault();
    keys[key]();
  }

  // Goes to the previous or next citation; with nothing open, into the last answer that has some.
  step(by) {
    if (this.pane.isOpen) {
      this.pane.step(by);
      return;
    }
    const turn = [...this.turns.values()].findLast(({ sources }) => sources.length);
    if (turn) this.pane.open(turn.id, turn.sources.at(by > 0 ? 0 : -1));
  }

  // What the address of words of an essay is made of.
  queryOf(turnId, { essay_id: essay, start, end }) {
    const answer = turnId ? { answer: turnId } : {};
    return { ...this.address, essay, words: `${start}-${end}`, ...answer };
  }

  openerOf(turnId, source) {
    for (const [node, opens] of this.openers) {
      if (node.isConnected && opens.turnId === turnId && isSame(opens.source, source)) return node;
    }
    return undefined;
  }

  // Shows which citation or passage is open.
  markOpen() {
    for (const [node, { turnId, source }] of this.openers) {
      if (!node.isConnected) this.openers.delete(node);
      else if (this.pane.isAt(turnId, source)) node.setAttribute("aria-current", "true");
      else node.removeAttribute("aria-current");
    }
  }

  update(data) {
    const isFirst = !this.isDrawn;
    this.isDrawn = true;
    this.address = data.address;
    this.welcome.fill(data.turns.length ? null : data.welcome, (welcome) =>
      drawWelcome(welcome, (question) => this.act("ask", "", question)),
    );
    this.toolbar.fill(data.toolbar, (toolbar) =>
      drawToolbar(toolbar, (kind, value = "") => this.act(kind, "", value)),
    );
    if (data.download && data.download.id !== this.saved) {
      this.saved = data.download.id;
      saveDownload(data.download, () => this.act("saved", "", data.download.id));
    }
    this.problem.fill(data.problem, (problem) => (problem ? [element("p", {}, [problem])] : []));
    const shown = new Set(data.turns.map((turn) => turn.id));
    for (const [id, node] of this.turns) {
      if (shown.has(id)) continue;
      node.root.remove();
      this.turns.delete(id);
    }
    // The reader waits for the last one, though this is the first that is seen of it.
    if (isFirst && data.awaited && data.turns.length) this.active.add(data.turns.at(-1).id);
    let latest = null;
    for (const [i, turn] of data.turns.entries()) {
      if (!this.turns.has(turn.id)) {
        latest = new TurnNode(this, turn.id);
        this.turns.set(turn.id, latest);
        // A question that was replaced comes back before the one that came to nothing.
        const next = data.turns.slice(i + 1).find(({ id }) => this.turns.has(id));
        this.list.insertBefore(latest.root, next ? this.turns.get(next.id).root : null);
        if (!isFirst) this.active.add(turn.id);
      }
      this.turns.get(turn.id).update(turn);
      this.announce(turn);
    }
    this.pane.update(data.open, data.essay);
    this.markOpen();
    // A question just asked, or the last one of a chat just opened, is brought into view; or the
    // one whose words the address has open.
    const wanted = (isFirst && this.turns.get(this.pane.turnId)) || latest;
    if (wanted) requestAnimationFrame(() => wanted.root.scrollIntoView({ block: "start" }));
  }

  // Says once that an answer is complete, which was under way before.
  announce({ id, kind, announcement }) {
    if (kind === "active") this.active.add(id);
    else if (this.active.delete(id) && !announced.has(id)) {
      announced.add(id);
      this.say(announcement);
    }
  }

  get isWide() {
    return this.root.clientWidth >= WIDE_PX;
  }

  // Where the box that questions are written in begins, from the top of the window.
  get bottom() {
    const height = document.documentElement.clientHeight;
    return this.below?.isConnected ? this.below.getBoundingClientRect().top : height;
  }

  // Puts the pane beside the answers or below the one it belongs to.
  place(isOpen = this.pane.isOpen) {
    const { source, turnId, node } = this.pane;
    const turn = this.turns.get(turnId);
    this.root.style.setProperty("--room", `${this.bottom - TOP_PX}px`);
    this.root.classList.toggle("wide", this.isWide);
    this.root.classList.toggle("open", isOpen);
    if (this.isWide || !isOpen || !turn) {
      if (node.parentNode !== this.columns) this.columns.append(node);
      return;
    }
    const neighbour = source.number ? turn.status.node : turn.passages.node;
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
