// Shows an essay beside the answer that cites it, with the cited words marked.
//
// Python says what is open, and sends the whole essay once. Until that is here, and where there is
// none, the words that are kept with the answer stand for it.

const N_SHADES = 6; // see pane.css

class Pane {
  constructor(chat) {
    this.chat = chat;
    this.turnId = "";
    this.source = null; // what is open
    this.isGone = false; // whether Python has no essay for it
    this.essay = null; // the whole essay that Python sent last
    this.drawn = null; // what the body shows
    this.head = new Slot(element("div", { class: "head" }));
    this.steps = new Slot(element("header", {}));
    // Scrollable text is reached by keyboard too.
    this.body = element("div", { class: "body", tabindex: "0", role: "group", "aria-label": "Text" });
    this.node = element("aside", { class: "pane", "aria-label": "Essay", hidden: "" }, [
      this.steps.node,
      this.head.node,
      this.body,
    ]);
  }

  get isOpen() {
    return this.source !== null;
  }

  isAt(turnId, source) {
    return this.isOpen && turnId === this.turnId && isSame(source, this.source);
  }

  // The reader opens a citation or a passage; Python is told and sends the essay.
  open(turnId, source) {
    const { essay_id: essay, start, end } = source;
    this.chat.act("open", turnId, `${essay}:${start}-${end}`);
    this.show(turnId, source);
    this.node.querySelector("h2").focus({ preventScroll: true });
  }

  close() {
    if (!this.isOpen) return;
    const opener = this.chat.openerOf(this.turnId, this.source);
    this.chat.act("close");
    this.hide();
    opener?.focus({ preventScroll: true });
  }

  // Takes over what Python says is open, unless the reader has done something since.
  update(open, essay) {
    if (essay && essay.key !== this.essay?.key) {
      this.essay = essay;
      this.chat.act("held", "", essay.key);
    }
    if (this.chat.isAhead) return;
    if (!open) {
      this.hide();
      return;
    }
    // A browser that has lost the essay, such as by coming back to the page, asks for it again.
    const isMissing = open.essay_key && open.essay_key !== this.essay?.key;
    if (isMissing && !this.hasAsked) this.chat.act("held", "", "");
    this.hasAsked = isMissing;
    this.show(open.turn_id, open.source, { problem: open.problem, isGone: !open.essay_key });
  }

  show(turnId, source, { problem = "", isGone = false } = {}) {
    const isNews = !this.isAt(turnId, source);
    Object.assign(this, { turnId, source, isGone });
    if (this.node.hidden) this.appear(true);
    this.steps.fill([this.list.length, this.position, source.number], () => this.drawSteps());
    this.head.fill([source, problem], () => this.drawHead(source, problem));
    this.fill(isNews);
    this.chat.markOpen();
  }

  // The answer may become narrower or wider; what was clicked stays where it is in the window.
  appear(isShown) {
    const opener = this.chat.openerOf(this.turnId, this.source);
    const before = opener?.getBoundingClientRect().top;
    this.node.hidden = !isShown;
    this.chat.place(isShown);
    if (opener && this.chat.isWide) {
      scrollerOf(opener).scrollTop += opener.getBoundingClientRect().top - before;
    }
  }

  hide() {
    if (!this.isOpen) return;
    this.appear(false);
    this.source = null;
    this.chat.markOpen();
  }

  // What previous and next go through: the answer's citations, or the passages found.
  get list() {
    const turn = this.chat.turns.get(this.turnId);
    if (!turn || !this.source) return [];
    return this.source.number ? turn.sources : turn.found;
  }

  get position() {
    return this.list.findIndex((source) => isSame(source, this.source));
  }

  step(by) {
    const next = this.list[this.position + by];
    if (!next) return;
    const { turnId } = this;
    const { essay_id: essay, start, end } = next;
    this.chat.act("open", turnId, `${essay}:${start}-${end}`);
    this.show(turnId, next);
    this.chat.say(next.name);
    if (this.chat.isWide) this.chat.openerOf(turnId, next)?.scrollIntoView({ block: "nearest" });
  }

  drawSteps() {
    const { number } = this.source;
    const [position, count] = [this.position, this.list.length];
    const kind = number ? "Citation" : "Passage";
    const words = position < 0 ? "Essay" : `${kind} ${position + 1} of ${count}`;
    const arrow = (by, sign, name) => {
      const isEnd = !this.list[position + by];
      const attributes = { class: "step", "aria-label": `${name} ${kind.toLowerCase()}` };
      if (isEnd) attributes["aria-disabled"] = "true"; // it keeps the focus, unlike a disabled one
      const button = element("button", attributes, [sign]);
      button.addEventListener("click", () => this.step(by));
      return button;
    };
    const shut = element("button", { class: "shut", "aria-label": "Close the essay" }, ["✕"]);
    shut.addEventListener("click", () => this.close());
    return [
      element("h2", { tabindex: "-1" }, [words]),
      ...(count > 1 ? [arrow(-1, "‹", "Previous"), arrow(1, "›", "Next")] : []),
      shut,
    ];
  }

  drawHead(source, problem) {
    const { title, author, heading, place, remark, is_partial: isPartial } = source;
    const lines = [isPartial ? "Only a part of this essay is here." : "", remark, problem];
    const copy = element("button", { class: "copy" }, ["Copy the address"]);
    copy.addEventListener("click", () =>
      copyText(addressOf(this.chat.queryOf(this.turnId, source)), copy),
    );
    return [
      element("p", { class: "title" }, [title]),
      element("div", { class: "where" }, [
        element("p", { class: "place" }, [join([author, heading, place])]),
        copy,
      ]),
      ...lines.filter(Boolean).map((line) => element("p", { class: "remark" }, [line])),
    ];
  }

  // Draws the text, if it is another, and brings the open words into view, if they are others.
  fill(isNews) {
    const { essay, source } = this;
    const isWhole =
      essay !== null &&
      !this.isGone &&
      essay.essay_id === source.essay_id &&
      essay.turn_id === this.turnId &&
      essay.spans.some((span) => isSame({ ...span, essay_id: essay.essay_id }, source));
    const drawn = isWhole ? essay.key : JSON.stringify([source, this.turnId]);
    const isRedrawn = drawn !== this.drawn;
    const isArrived = isRedrawn && isWhole && this.node.dataset.state !== "whole";
    if (isRedrawn) {
      this.drawn = drawn;
      const top = this.body.scrollTop;
      this.body.replaceChildren(...(isWhole ? essay.paragraphs.map(drawParagraph) : drawKept(source)));
      this.body.setAttribute("aria-label", source.title ? `Text of ${source.title}` : "Text");
      this.body.scrollTop = top;
      this.node.dataset.state = isWhole ? "whole" : "kept";
    }
    for (const mark of this.body.querySelectorAll("mark")) {
      const numbers = mark.dataset.numbers.split(" ").map(Number);
      mark.classList.toggle("looked-at", numbers.includes(source.number));
      const shown = numbers.includes(source.number) ? source.number : numbers.at(-1);
      mark.dataset.shade = shown ? shadeOf(shown) : "";
    }
    if (!isNews && !isArrived) return;
    this.chat.place(true);
    if (!this.chat.isWide) this.node.scrollIntoView({ block: "nearest" });
    this.scroll();
  }

  // Only the pane scrolls to the words: the answer stays where it is.
  scroll() {
    const marks = [...this.body.querySelectorAll("mark.looked-at")];
    if (!marks.length) {
      this.body.scrollTop = 0;
      return;
    }
    const { top } = marks[0].getBoundingClientRect();
    const { bottom } = marks.at(-1).getBoundingClientRect();
    const frame = this.body.getBoundingClientRect();
    this.body.scrollTop += top - frame.top - Math.max(0, (frame.height - (bottom - top)) / 3);
    // In a low window the pane is higher than the room for it, and the page scrolls too.
    const hidden = marks[0].getBoundingClientRect().bottom - (this.chat.bottom - GAP_PX);
    if (hidden > 0 && !this.chat.isWide) scrollerOf(this.node).scrollTop += hidden;
  }
}

function isSame(one, other) {
  return ["number", "essay_id", "start", "end"].every((name) => one[name] === other[name]);
}

// What scrolls around an element, components' borders included.
function scrollerOf(node) {
  for (let one = node; one; one = one.parentElement ?? one.getRootNode().host) {
    const isScrolled = ["auto", "scroll"].includes(getComputedStyle(one).overflowY);
    if (isScrolled && one.scrollHeight > one.clientHeight) return one;
  }
  return document.scrollingElement;
}

function shadeOf(number) {
  return String((number - 1) % N_SHADES);
}

function drawKept({ before, quote, after, number }) {
  return [element("p", {}, [verbatim(before), drawMark(quote, [number], []), verbatim(after)])];
}
