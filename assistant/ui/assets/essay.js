// A paragraph of an essay, its number in the margin; or a heading, which has none. Numbers and
// pages are drawn by the style sheet, so that they are not among the words that are copied.
function drawParagraph({ number, parts }) {
  const children = parts.flatMap(({ text, numbers, page }, i) => {
    const isNew = (one) => one && !parts.slice(0, i).some((part) => part.numbers.includes(one));
    return [
      ...(page ? [element("span", { class: "leaf", "data-page": `page ${page}` })] : []),
      numbers.length ? drawMark(text, numbers, numbers.filter(isNew)) : verbatim(text),
    ];
  });
  return number
    ? element("p", { "data-number": String(number) }, children)
    : element("h3", { class: "within" }, children);
}

// Marked words; those that begin a citation carry its number.
function drawMark(text, numbers, begun) {
  const label = begun.length
    ? { "data-label": begun.join(" "), "data-spoken": `citation ${begun.join(", ")}: ` }
    : {};
  return element("mark", { "data-numbers": numbers.join(" "), ...label }, [verbatim(text)]);
}
