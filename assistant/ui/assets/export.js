// Takes an answer, or the whole chat, away as a document.
//
// `act(kind, value)` tells Python; see TurnAct in components.py.
function drawExport(turn, act) {
  return [];
}

// What stands above the chat; `toolbar` is null where there is nothing to take away.
function drawToolbar(toolbar, act) {
  return [];
}

// Saves a document that Python has made, {id, name, mime, base64}.
function saveDownload(download) {}
