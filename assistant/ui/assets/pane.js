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
      element("p", { class: "place" }, [join([source.author, source.heading, source.place])]),
      ...(source.is_partial
        ? [element("p", { class: "partial" }, ["Only a part of this essay is here."])]
        : []),
      ...(source.remark ? [element("p", { class: "remark" }, [source.remark])] : []),
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
    return essay.paragraphs.map(drawParagraph);
  }
}

function drawPassage({ before, quote, after, number }) {
  return [element("p", {}, [before, number ? element("mark", {}, [quote]) : quote, after])];
}
