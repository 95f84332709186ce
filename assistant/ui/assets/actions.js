// What can be done with a turn: copied, asked again, edited, judged.
//
// `act(kind, value)` tells Python; see TurnAct in components.py.
function drawActions(turn, act) {
  return [];
}
