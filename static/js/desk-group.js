// A sort of work in the desk's bar closes with Esc, with a click elsewhere, and when the focus leaves it.
export default function deskGroup(group) {
  group.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !group.open) return;
    event.stopPropagation(); // the queue's own Esc is for its sheet
    group.open = false;
    group.querySelector("summary").focus();
  });
  group.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !group.contains(event.relatedTarget)) group.open = false;
  });
  document.addEventListener("click", (event) => {
    if (!group.contains(event.target)) group.open = false;
  });
}
