// One question and its answer.
class TurnNode {
  constructor(chat, id) {
    this.chat = chat;
    this.id = id;
    this.sources = []; // what the sentences cite, by number
    this.found = []; // the passages found, by rank
    this.question = new Slot(element("p"));
    this.status = new Slot(element("div", { class: "status" }));
    this.sentences = [];
    this.answer = element("div", { class: "answer" });
    this.quotes = new Slot(element("div", { hidden: "" })); // what describes the citations
    this.searched = new Slot(element("div", { class: "quiet searched" }));
    this.notice = new Slot(element("div", { class: "notice" }));
    this.remarks = new Slot(element("div", { class: "quiet remarks" }));
    this.leftOut = new Slot(element("div", { class: "left-out" }));
    this.scope = new Slot(element("div", { class: "quiet scope" }));
    this.tools = new Slot(element("div", { class: "tools" }));
    this.why = new Slot(element("div", { class: "why" }));
    this.passages = new Slot(element("div", { class: "passages" }));
    this.root = element("article", { class: "turn" }, [
      element("div", { class: "question" }, [
        element("h2", { class: "unseen" }, ["Question"]),
        this.question.node,
      ]),
      element("h2", { class: "unseen" }, ["Answer"]),
      this.scope.node,
      this.searched.node,
      this.notice.node,
      this.answer,
      this.quotes.node,
      this.remarks.node,
      this.status.node,
      this.tools.node,
      this.leftOut.node,
      this.passages.node,
      this.why.node,
    ]);
  }

  update(turn) {
    this.root.dataset.kind = turn.kind;
    this.root.setAttribute("aria-busy", String(turn.kind === "active"));
    this.sources = turn.sources;
    this.found = turn.passages;
    this.quotes.fill(turn.sources, (sources) =>
      sources.map((source) => element("span", { id: this.wordsId(source) }, [source.quote])),
    );
    this.question.fill(turn.question, (question) => [question]);
    this.status.fill([turn.status, turn.fraction], drawStatus);
    this.searched.fill(turn.searched, drawLines);
    this.notice.fill(turn.notice, (notice) => drawLines(notice ? [notice] : []));
    this.remarks.fill(turn.remarks, drawLines);
    this.leftOut.fill(turn.left_out, (leftOut) => drawLeftOut(leftOut, this.leftOut.node));
    this.scope.fill(turn.scope, (scope) => drawLines(scope ? [scope] : []));
    const act = (kind, value = "") => this.chat.act(kind, this.id, value);
    this.tools.fill([turn.kind, turn.actions], () => {
      const { buttons, forms } = drawActions(turn, act);
      return [...buttons, ...drawExport(turn, act), ...forms];
    });
    this.why.fill(turn.why ? [turn.why, turn.passages] : null, ([why, passages]) =>
      drawWhy(why, passages),
    );
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
        const slot = new Slot(element("div", { class: "line" }));
        this.sentences.push(slot);
        this.answer.append(slot.node);
      }
      const sources = this.sources.filter(({ number }) => sentence.numbers.includes(number));
      this.sentences[i].fill([sentence, sources, this.chat.address], () => [
        ...(sentence.heading ? [element("h3", {}, [sentence.heading])] : []),
        element("span", { class: "sentence" }, [
          element("bdi", {}, [sentence.text]),
          ...sources.map((source) => this.citation(source)),
          " ",
          ...drawVerdict(sentence.mark),
        ]),
      ]);
    });
  }

  citation(source) {
    const node = link(
      this.chat.queryOf(this.id, source),
      {
        class: "cite",
        "data-shade": shadeOf(source.number),
        "aria-label": source.name,
        "aria-describedby": this.wordsId(source),
      },
      [String(source.number)],
    );
    node.addEventListener("click", (event) => {
      // Another tab or window is the browser's affair.
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      this.chat.pane.open(this.id, source);
    });
    this.chat.preview.follow(node, source);
    this.chat.openers.set(node, { turnId: this.id, source });
    return element("sup", {}, [node]);
  }

  wordsId({ number }) {
    return `words-${this.id}-${number}`;
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
      button.addEventListener("click", () => this.chat.pane.open(this.id, source));
      this.chat.openers.set(button, { turnId: this.id, source });
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

function drawLines(lines) {
  return lines.map((line) => element("p", {}, [line]));
}

// The reason stands beside the sentence, not only in the tooltip.
function drawVerdict(mark) {
  return mark ? [element("small", { class: "mark", title: mark }, [mark]), " "] : [];
}

// Folded away until it is opened; then it stays open when a statement is added.
function drawLeftOut({ summary, statements }, node) {
  const isOpen = node.querySelector("details")?.open ?? false;
  const items = statements.map(({ text, reason }) =>
    element("li", {}, [
      element("p", {}, [text]),
      ...(reason ? [element("p", { class: "reason" }, [reason])] : []),
    ]),
  );
  return [
    element("details", isOpen ? { open: "" } : {}, [
      element("summary", {}, [summary]),
      element("ul", {}, items),
    ]),
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

// The passage without its blank lines.
function excerpt({ quote }) {
  return quote.replace(/\n\s*\n/g, "\n");
}
