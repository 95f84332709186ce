// Why these passages were found, folded away; `why` is null where that was not kept.
function drawWhy(why) {
  return [];
}
