// Takes an answer, or the whole chat, away as a document.
//
// `act(kind, value)` tells Python: "export" with a format, and "saved" with the id of a document
// that the browser has. See EXPORT_ACTS in exports.py.
const FORMATS = { docx: "Word", html: "HTML", md: "Markdown" };

function drawExport({ kind }, act) {
  return kind === "active" ? [] : [drawFormats("Export", Object.keys(FORMATS), act)];
}

// What stands above the chat; `toolbar` is null where there is nothing to take away.
function drawToolbar({ formats }, act) {
  return [drawFormats("Export the chat", formats, act)];
}

// A button that unfolds the formats beside it.
function drawFormats(label, formats, act) {
  const summary = element("summary", { class: "tool" }, [label]);
  const fold = () => {
    menu.open = false;
    summary.focus();
  };
  const items = formats.map((format) => {
    const button = element("button", { class: "tool" }, [FORMATS[format]]);
    button.addEventListener("click", () => {
      fold();
      act("export", format);
    });
    return element("li", {}, [button]);
  });
  const menu = element("details", { class: "export" }, [
    summary,
    element("ul", { "aria-label": `${label} as` }, items),
  ]);
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation(); // the essay beside stays open
    fold();
  });
  return menu;
}

// Saves a document that Python has made, {id, name, mime, base64}.
function saveDownload({ name, mime, base64 }, tellSaved) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: mime }));
  element("a", { href: address, download: name }).click();
  // The browser reads it some time after the click.
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
  tellSaved();
}

const KEPT_MS = 60_000;
