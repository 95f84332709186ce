// The words of a citation, shown in a small popup while it is pointed at or stood on. It lies above
// everything else, so nothing moves; whoever hears the page has the words as a description.

const SHOW_MS = 150;
const HIDE_MS = 200; // time to move the pointer into the popup
const GAP_PX = 6;

class Preview {
  constructor() {
    this.node = element("div", { class: "preview", popover: "manual", "aria-hidden": "true" });
    this.node.addEventListener("pointerenter", () => clearTimeout(this.timer));
    this.node.addEventListener("pointerleave", () => this.hide(HIDE_MS));
  }

  get isShown() {
    return this.node.matches(":popover-open");
  }

  follow(link, source) {
    link.addEventListener("pointerenter", ({ pointerType }) => {
      if (pointerType !== "touch") this.show(link, source, SHOW_MS);
    });
    link.addEventListener("pointerleave", () => this.hide(HIDE_MS));
    link.addEventListener("focus", () => {
      if (link.matches(":focus-visible")) this.show(link, source, 0);
    });
    link.addEventListener("blur", () => this.hide(0));
    link.addEventListener("click", () => this.hide(0));
  }

  show(link, source, after) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (!link.isConnected) return;
      this.node.replaceChildren(
        element("p", { class: "words" }, [verbatim(source.quote)]),
        element("p", { class: "place" }, [join([source.author, source.title, source.place])]),
      );
      if (!this.isShown) this.node.showPopover();
      this.place(link);
    }, after);
  }

  hide(after) {
    clearTimeout(this.timer);
    const end = () => {
      if (this.isShown) this.node.hidePopover();
    };
    // At once means at once: a key pressed right after may come before any timer.
    if (after) this.timer = setTimeout(end, after);
    else end();
  }

  // Above the link, over what has been read, or below it where there is more room.
  place(link) {
    const { left, top, bottom } = link.getBoundingClientRect();
    const { width, height } = this.node.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    const isAbove = top - GAP_PX - height >= 0 || top > clientHeight - bottom;
    const y = isAbove ? top - GAP_PX - height : bottom + GAP_PX;
    this.node.style.left = `${Math.max(GAP_PX, Math.min(left, clientWidth - width - GAP_PX))}px`;
    this.node.style.top = `${Math.max(GAP_PX, y)}px`;
  }
}
