// Arrows go from day to day in the planner's month, Page Up and Page Down to the months beside it.
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

export default function plannerKeys(table) {
  const days = [...table.querySelectorAll("[data-day]")];
  table.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const beside = { PageUp: "[data-before]", PageDown: "[data-after]" }[event.key];
    if (beside) {
      const link = document.querySelector(beside);
      if (link) {
        event.preventDefault();
        link.click();
      }
      return;
    }
    const cell = event.target.closest("td");
    const here = days.findIndex((day) => cell && cell.contains(day));
    const step = STEPS[event.key];
    if (!step || here < 0) return;
    event.preventDefault();
    let next = here + step;
    while (days[next] && !days[next].offsetParent) next += Math.sign(step); // folded away on a phone
    days[next]?.focus();
  });
}
