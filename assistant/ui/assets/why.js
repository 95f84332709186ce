// Why these passages were found, folded away; `why` is null where that was not kept. Its hits are
// the passages shown, in the same order.
function drawWhy(why, passages) {
  if (!why) return [];
  const hits = why.hits.map((hit, i) => drawHit(hit, passages[i], i + 1));
  return [
    element("details", {}, [
      element("summary", {}, ["Why these passages"]),
      element("p", {}, [why.sentence]),
      drawSearchedWords(why.words),
      ...(why.left_out ? [element("p", { class: "soft" }, [why.left_out])] : []),
      element("ol", { class: "hits", "aria-label": "Passages by score" }, hits),
      element("p", { class: "soft" }, [why.formula]),
    ]),
  ];
}

function drawSearchedWords(words) {
  const rows = words.map(({ word, term, note, held, weight }) => [
    [word, ...(note ? [element("small", {}, [` ${note}`])] : [])],
    [term],
    [held],
    [weight],
  ]);
  return drawTable("What was searched for", ["Word", "Searched as", "In passages", "Counts (idf)"], rows);
}

// One passage: its place in the order and its bar; opened, the table of the bar and the words.
function drawHit({ score, length, parts, marks }, passage, rank) {
  const bar = parts.map(({ word, share, score: part, shade }) => {
    const piece = element("span", { class: `part shade-${shade % 4}`, title: `${word} ${part}` });
    piece.style.width = `${(100 * share).toFixed(1)}%`;
    return piece;
  });
  const rows = parts.map(({ word, times, score: part }) => [[word], [times], [part]]);
  return element("li", {}, [
    element("details", {}, [
      element("summary", {}, [
        element("span", { class: "name" }, [`${rank}. ${join([passage.title, passage.place], ", ")}`]),
        element("span", { class: "bar", "aria-hidden": "true" }, bar),
        element("span", { class: "score" }, [element("span", { class: "unseen" }, ["score "]), score]),
      ]),
      drawTable(`Score of passage ${rank}`, ["Word", "Times", "Adds"], rows, ["Sum", length, score]),
      element("p", { class: "found" }, markWords(passage.quote, marks)),
    ]),
  ]);
}

function drawTable(caption, names, rows, sums = []) {
  const line = (cells) =>
    element("tr", {}, cells.map((cell, i) => element(i ? "td" : "th", i ? {} : { scope: "row" }, cell)));
  return element("table", {}, [
    element("caption", {}, [caption]),
    element("thead", {}, [
      element("tr", {}, names.map((name) => element("th", { scope: "col" }, [name]))),
    ]),
    element("tbody", {}, rows.map(line)),
    ...(sums.length ? [element("tfoot", {}, [line(sums.map((sum) => [sum]))])] : []),
  ]);
}

// Offsets count characters as Python does, not the halves of which JavaScript makes some.
function markWords(text, marks) {
  const letters = [...text];
  const pieces = [];
  let done = 0;
  for (const [start, end] of marks) {
    pieces.push(letters.slice(done, start).join(""));
    pieces.push(element("mark", {}, [letters.slice(start, end).join("")]));
    done = end;
  }
  return [...pieces, letters.slice(done).join("")];
}
